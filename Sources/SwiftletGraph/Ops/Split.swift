/// Cuts a value along one dimension into several, in their order.
public struct Split: Sendable {
  /// The dimension; negative ones count from the end.
  public var axis: Int
  /// The extents of the results along it.
  public var sizes: [Int]

  /// A split from its dimension and the results' extents.
  public init(axis: Int, sizes: [Int]) {
    self.axis = axis
    self.sizes = sizes
  }
}

extension Split: DataMovement {
  package var name: String { "split" }
  package var details: String { "axis \(axis) into \(sizes)" }

  package var layoutRule: LayoutRule {
    let (axis, sizes) = (axis, sizes)
    return .dimensions { order in
      order.firstIndex(of: Shape.dimension(axis: axis, rank: order.count))
        .map { .split(Split(axis: $0, sizes: sizes)) }
    }
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    let dimension = try input.dimension(axis: axis)
    var sum = 0
    for size in sizes {
      guard size >= 1, let longer = checkedSum(sum, size) else {
        throw .malformed("a split's parts must have at least 1, found \(sizes)")
      }
      sum = longer
    }
    guard sum == input[dimension], !sizes.isEmpty else {
      throw .malformed("parts of \(sizes) do not make up dimension \(dimension) of \(input)")
    }
    return sizes.map { size in
      var part = input
      part.dimensions[dimension] = size
      return part
    }
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    let strides = inputs[0].strides
    let dimension = Shape.dimension(axis: axis, rank: inputs[0].rank)
    var start = 0
    return outputs.enumerated().map { index, output in
      defer { start += output[dimension] }
      return CopyPiece(
        input: 0, output: index, sizes: output.dimensions,
        inputStart: start * strides[dimension], inputStrides: strides,
        outputStrides: output.strides)
    }
  }
}
