import SwiftletGraph

/// What a network's owner says that it computes: a row of outputs for each image of a list.
public struct ReferenceOutputs: Sendable {
  /// The file.
  public let path: String
  /// Outputs of the network.
  public let columnCount: Int
  private let values: [Float]
  /// Of a network that was quantized before: the distance of its outputs' levels, of which a few are
  /// rounding, since sums in another order lie on the other side of a half; else 0.
  public var levelStep: Float = 0
  /// So many levels.
  private static let toleratedLevels: Float = 3

  /// Reads float32 numbers from a `.npy` file: a row an image, in the order of the list, and a column an
  /// output. A network of one output may have one number an image.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - images: how many images the list has.
  ///   - outputs: how many outputs the network has.
  /// - Throws: `ReferenceError`.
  public init(path: String, images: Int, outputs: Int) throws(ReferenceError) {
    let file = try NumpyFile(path: path)
    let isColumn = outputs == 1 && file.shape == [images]
    guard isColumn || file.shape == [images, outputs] else {
      throw .shape(path: path, expected: [images, outputs], found: file.shape)
    }
    if let index = file.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(path: path, row: index / outputs)
    }
    self.path = path
    columnCount = outputs
    values = file.values
  }

  /// The outputs for image number `row` of the list.
  public func row(_ row: Int) -> ArraySlice<Float> {
    values[(row * columnCount)..<((row + 1) * columnCount)]
  }

  /// Differences up to this share of a row's largest magnitude are rounding: sums in another order make
  /// about 1e-5, and a picture that is resized in floating point and not in bytes about 1e-3.
  static let tolerance: Float = 5e-3

  /// The output that differs most from a row, if it is beyond rounding.
  ///
  /// An image has its channels last here, and where its owner's has them first, so has the row. Both orders
  /// are tried: another network agrees in neither.
  ///
  /// - Parameters:
  ///   - row: the number of the image in the list.
  ///   - path: the image.
  ///   - outputs: what the network that was read computes for it.
  ///   - shape: the shape of the outputs.
  /// - Returns: the difference; nil where all is rounding.
  public func difference(
    row: Int, path: String, _ outputs: [Float], shape: Shape
  ) -> ReferenceDifference? {
    let image = shape.image
    guard let found = difference(row: row, path: path, outputs) else { return nil }
    guard shape.rank == 4, image.area > 1, image.channels > 1 else { return found }
    // Turning pixels and channels back is the same reordering with the two exchanged.
    let first = channelsLast(outputs, outer: 1, channels: image.area, area: image.channels)
    return difference(row: row, path: path, first)
  }

  func difference(row: Int, path: String, _ outputs: [Float]) -> ReferenceDifference? {
    let expected = Array(self.row(row))
    precondition(outputs.count == expected.count)
    let largest = expected.reduce(0) { max($0, $1.magnitude) }
    let allowed = max(largest * Self.tolerance, 1e-4, levelStep * Self.toleratedLevels)
    var worst: ReferenceDifference?
    for (index, (own, wanted)) in zip(outputs, expected).enumerated() {
      let distance = (own - wanted).magnitude
      // What is not finite is no less wrong.
      guard !(distance <= worst.map { ($0.found - $0.expected).magnitude } ?? allowed) else {
        continue
      }
      worst = ReferenceDifference(
        image: path, output: index, expected: wanted, found: own, allowed: allowed)
    }
    return worst
  }
}

/// Where a network that was read computes something else than its owner says.
public struct ReferenceDifference: Error, Equatable, Sendable {
  /// The image.
  public let image: String
  /// The number of the output.
  public let output: Int
  /// What the owner's network gives.
  public let expected: Float
  /// What the network that was read gives.
  public let found: Float
  /// What would have been rounding.
  public let allowed: Float
}

extension ReferenceDifference: CustomStringConvertible {
  /// One clause without the files' names.
  public var description: String {
    "\(image): expected \(expected) at output \(output) as the reference says, found \(found), where "
      + "\(allowed) would be rounding"
  }
}
