/// A copy's piece without the dimensions that do nothing: sizes of 1, and those that go on where the
/// next inner one ends.
struct CopyLoop: Equatable {
  struct Dimension: Equatable {
    var size: Int
    var sourceStride: Int
    var destinationStride: Int
  }

  /// One at least, the innermost last.
  private(set) var dimensions: [Dimension] = []

  /// Whether elements are as far apart where they go as where they come from.
  var keepsStrides: Bool {
    dimensions.allSatisfy { $0.size == 1 || $0.sourceStride == $0.destinationStride }
  }

  var elementCount: Int { dimensions.reduce(1) { $0 * $1.size } }

  init(_ piece: CopyPiece) {
    for index in 0..<piece.sizes.count where piece.sizes[index] > 1 {
      let next = Dimension(
        size: piece.sizes[index], sourceStride: piece.sourceStrides[index],
        destinationStride: piece.destinationStrides[index])
      guard let last = dimensions.last,
        last.sourceStride == next.size * next.sourceStride,
        last.destinationStride == next.size * next.destinationStride
      else {
        dimensions.append(next)
        continue
      }
      dimensions[dimensions.count - 1] = Dimension(
        size: last.size * next.size, sourceStride: next.sourceStride,
        destinationStride: next.destinationStride)
    }
    if dimensions.isEmpty {
      dimensions = [Dimension(size: 1, sourceStride: 1, destinationStride: 1)]
    }
  }
}
