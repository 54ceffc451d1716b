/// Joins one or more inputs along one dimension, in their order.
public struct Concat: Sendable {
  /// The dimension; negative ones count from the end.
  public var axis: Int

  /// A concatenation along a dimension.
  public init(axis: Int) {
    self.axis = axis
  }
}

extension Concat: DataMovement {
  package var name: String { "concat" }
  package var details: String { "axis \(axis)" }

  package var layoutRule: LayoutRule {
    let axis = axis
    return .dimensions { order in
      order.firstIndex(of: Shape.dimension(axis: axis, rank: order.count))
        .map { .concat(Concat(axis: $0)) }
    }
  }

  /// The shape rule: all extents but those along the axis, which add up, are equal.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let first = try validatedInputs(inputs, count: 1...max(1, inputs.count))
    let dimension = try first.dimension(axis: axis)
    var sum = 0
    for input in inputs {
      var expected = first
      guard input.rank == first.rank else { throw .disagreement(first, input) }
      expected.dimensions[dimension] = input[dimension]
      guard input == expected else { throw .disagreement(first, input) }
      guard let longer = checkedSum(sum, input[dimension]) else {
        throw .malformed("the joined inputs are too large")
      }
      sum = longer
    }
    var result = first
    result.dimensions[dimension] = sum
    return [try result.validated()]
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    let strides = outputs[0].strides
    let dimension = Shape.dimension(axis: axis, rank: outputs[0].rank)
    var start = 0
    var pieces: [CopyPiece] = []
    for (index, input) in inputs.enumerated() {
      pieces.append(
        CopyPiece(
          input: index, sizes: input.dimensions, inputStrides: input.strides,
          outputStart: start * strides[dimension], outputStrides: strides))
      start += input[dimension]
    }
    return pieces
  }
}
