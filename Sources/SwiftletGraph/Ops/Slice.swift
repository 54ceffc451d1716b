/// Some of the elements along each dimension, at equal distances.
public struct Slice: Sendable {
  /// The first element along each dimension.
  public var starts: [Int]
  /// How many there are along each dimension.
  public var sizes: [Int]
  /// How far apart they are along each dimension; negative to go backwards.
  public var steps: [Int]

  /// A slice from its numbers, one each a dimension; without `steps` neighbours are taken.
  public init(starts: [Int], sizes: [Int], steps: [Int]? = nil) {
    self.starts = starts
    self.sizes = sizes
    self.steps = steps ?? [Int](repeating: 1, count: sizes.count)
  }
}

extension Slice: DataMovement {
  package var name: String { "slice" }
  package var details: String { "from \(starts), \(Shape(sizes)), steps \(steps)" }

  package var layoutRule: LayoutRule {
    let slice = self
    return .dimensions { order in
      guard order.count == slice.sizes.count else { return nil }
      return .slice(
        Slice(
          starts: order.map { slice.starts[$0] }, sizes: order.map { slice.sizes[$0] },
          steps: order.map { slice.steps[$0] }))
    }
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    guard starts.count == input.rank, sizes.count == input.rank, steps.count == input.rank else {
      throw .malformed("a slice of \(input) needs a start, size and step for each dimension")
    }
    let result = try Shape(sizes).validated()
    for dimension in sizes.indices {
      let (reach, overflow) = (sizes[dimension] - 1).multipliedReportingOverflow(
        by: steps[dimension])
      guard !overflow, let last = checkedSum(starts[dimension], reach),
        (0..<input[dimension]).contains(starts[dimension]), (0..<input[dimension]).contains(last)
      else {
        throw .malformed(
          "a slice of \(sizes[dimension]) from \(starts[dimension]) by \(steps[dimension]) leaves "
            + "dimension \(dimension) of \(input)")
      }
    }
    return [result]
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    let strides = inputs[0].strides
    return [
      CopyPiece(
        input: 0, sizes: sizes, inputStart: zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 },
        inputStrides: zip(steps, strides).map { $0 * $1 }, outputStrides: outputs[0].strides)
    ]
  }
}
