/// Puts the dimensions into another order.
public struct Transpose: Sendable {
  /// For each dimension of the result, the dimension of the input that it is.
  public var order: [Int]

  /// A transposition from its order.
  public init(order: [Int]) {
    self.order = order
  }
}

extension Transpose: DataMovement {
  package var name: String { "transpose" }
  package var details: String { "order \(order)" }

  /// Of an input whose dimension i was `permutation[i]` before.
  package var layoutRule: LayoutRule {
    let order = order
    return .dimensions(resultFollows: false) { permutation in
      guard order.count == permutation.count else { return nil }
      return .transpose(Transpose(order: order.compactMap { permutation.firstIndex(of: $0) }))
    }
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    guard order.sorted() == Array(input.dimensions.indices) else {
      throw .malformed("\(order) is no order of the dimensions of \(input)")
    }
    return [Shape(order.map { input[$0] })]
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    let strides = inputs[0].strides
    return [
      CopyPiece(
        input: 0, sizes: outputs[0].dimensions, inputStrides: order.map { strides[$0] },
        outputStrides: outputs[0].strides)
    ]
  }
}
