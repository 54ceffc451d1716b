/// An elementwise non-linearity.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
  /// min(max(x + 3, 0), 6) / 6
  case hardSigmoid
  /// x · hardSigmoidValue(x)
  case hardSwish
  /// 1 / (1 + e^−x)
  case sigmoid
  /// x · sigmoidValue(x)
  case silu
}

extension Activation {
  /// The shape rule: one input, the same shape.
  public func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    try validatedInputs(inputs, count: 1)
  }

  func prepared(shape: Shape) -> PreparedOperation {
    PreparedOperation(allowsInPlace: true) { inputs, output, workers in
      let input = inputs[0]
      // One loop per function: the choice stays outside of it.
      switch self {
      case .relu:
        workers.forEachVector(shape.count, output) { index, lanes in
          let x = input.vector(index, count: lanes)
          return x.replacing(with: 0, where: x .< Vector.zero)
        }
      case .relu6:
        workers.forEachVector(shape.count, output) { index, lanes in
          input.vector(index, count: lanes).clampedKeepingNaN(0, 6)
        }
      case .hardSigmoid:
        workers.forEachVector(shape.count, output) { index, lanes in
          hardSigmoidValue(input.vector(index, count: lanes))
        }
      case .hardSwish:
        workers.forEachVector(shape.count, output) { index, lanes in
          let x = input.vector(index, count: lanes)
          return x * hardSigmoidValue(x)
        }
      case .sigmoid:
        workers.forEachVector(shape.count, output) { index, lanes in
          sigmoidValue(input.vector(index, count: lanes))
        }
      case .silu:
        workers.forEachVector(shape.count, output) { index, lanes in
          let x = input.vector(index, count: lanes)
          return x * sigmoidValue(x)
        }
      }
    }
  }
}

@inline(__always)
private func hardSigmoidValue(_ x: Vector) -> Vector {
  (x + 3).clampedKeepingNaN(0, 6) * (1.0 / 6)
}

@inline(__always)
private func sigmoidValue(_ x: Vector) -> Vector {
  1 / (1 + (-x).exponential)
}
