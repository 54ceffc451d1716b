/// Surrounds a value with a constant, and may put it between elements too, as a transposed convolution asks
/// for.
public struct Pad: Sendable {
  /// Elements before the first along each dimension.
  public var before: [Int]
  /// Elements after the last along each dimension.
  public var after: [Int]
  /// Elements between each two along each dimension.
  public var between: [Int]
  /// What they are.
  public var value: Float

  /// Padding from its extents, one each a dimension; none between elements where nothing is said.
  public init(before: [Int], after: [Int], between: [Int]? = nil, value: Float = 0) {
    self.before = before
    self.after = after
    self.between = between ?? before.map { _ in 0 }
    self.value = value
  }
}

extension Pad: DataMovement {
  package var name: String { "pad" }
  package var details: String {
    let inner = between.allSatisfy { $0 == 0 } ? "" : ", between \(between)"
    return "before \(before), after \(after)\(inner), value \(value)"
  }
  package var fill: Float? { value }

  package var layoutRule: LayoutRule {
    let pad = self
    return .dimensions { order in
      guard order.count == pad.before.count else { return nil }
      return .pad(
        Pad(
          before: order.map { pad.before[$0] }, after: order.map { pad.after[$0] },
          between: order.map { pad.between[$0] }, value: pad.value))
    }
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    guard before.count == input.rank, after.count == input.rank, between.count == input.rank,
      (before + after + between).allSatisfy({ $0 >= 0 })
    else {
      throw .malformed("padding of \(input) needs extents, at least 0, for each dimension")
    }
    var result: [Int] = []
    for dimension in before.indices {
      guard let inner = checkedProduct(input[dimension] - 1, between[dimension]),
        let sum = checkedSum(input[dimension], inner, before[dimension], after[dimension])
      else {
        throw .malformed("the padding is too large")
      }
      result.append(sum)
    }
    return [try Shape(result).validated()]
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    let strides = outputs[0].strides
    return [
      CopyPiece(
        input: 0, sizes: inputs[0].dimensions, inputStrides: inputs[0].strides,
        outputStart: zip(before, strides).reduce(0) { $0 + $1.0 * $1.1 },
        outputStrides: zip(strides, between).map { $0 * ($1 + 1) })
    ]
  }
}
