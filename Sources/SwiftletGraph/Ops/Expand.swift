/// Elements repeated along the dimensions of which there is one, as broadcasting has it: dimensions are
/// counted from the last, and missing ones are 1.
public struct Expand: Sendable {
  /// The result's extents.
  public var sizes: [Int]

  /// An expansion to these extents.
  public init(to sizes: [Int]) {
    self.sizes = sizes
  }
}

extension Expand: DataMovement {
  package var name: String { "expand" }
  package var details: String { "to \(Shape(sizes))" }

  package var layoutRule: LayoutRule {
    let sizes = sizes
    return .dimensions { order in
      guard order.count == sizes.count else { return nil }
      return .expand(Expand(to: order.map { sizes[$0] }))
    }
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    let result = try Shape(sizes).validated()
    guard input.rank <= result.rank,
      zip(input.dimensions.reversed(), sizes.reversed()).allSatisfy({ $0 == $1 || $0 == 1 })
    else { throw .malformed("\(input) cannot be repeated to \(result)") }
    return [result]
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    let (input, output) = (inputs[0], outputs[0])
    let missing = [Int](repeating: 0, count: output.rank - input.rank)
    let strides = zip(input.dimensions, input.strides).map { $0 == 1 ? 0 : $1 }
    return [
      CopyPiece(
        input: 0, output: 0, sizes: output.dimensions, inputStrides: missing + strides,
        outputStrides: output.strides)
    ]
  }
}
