import SwiftletPlatform

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

/// How an activation can be joined to the integer operation that computes its input.
public enum ActivationFusion: Sendable {
  /// Not at all: it is a table from one int8 value to another.
  case none
  /// It keeps values between two bounds, which any operation that ends in a clamp can do.
  case clamp(ClosedRange<Double>)
  /// `gain` · x + `offset`, kept between 0 and 1: the gain and the offset go into the weights and the
  /// bias of the sum of products that x is.
  case gate(gain: Double, offset: Double)
  /// x · min(max(x + 3, 0), 6) / 6, computed from a sum of products before that is rounded to int8.
  case hardSwish
}

extension Activation {
  /// How it can be joined to the operation before it.
  public var fusion: ActivationFusion {
    switch self {
    case .relu: .clamp(0...Double.infinity)
    case .relu6: .clamp(0...6)
    case .hardSigmoid: .gate(gain: 1.0 / 6, offset: 0.5)
    case .hardSwish: .hardSwish
    case .sigmoid, .silu: .none
    }
  }

  /// Whether its values are between 0 and 1, so that it can be the gate of a multiplication.
  public var isGate: Bool {
    switch self {
    case .hardSigmoid, .sigmoid: true
    case .relu, .relu6, .hardSwish, .silu: false
    }
  }

  /// The function in double precision.
  package func exact(_ x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .hardSigmoid: min(max(x + 3, 0), 6) / 6
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .sigmoid: 1 / (1 + exp(-x))
    case .silu: x / (1 + exp(-x))
    }
  }

  /// What x times this activation of x is, if that is an activation of its own.
  var timesInput: Activation? {
    switch self {
    case .hardSigmoid: .hardSwish
    case .sigmoid: .silu
    case .relu, .relu6, .hardSwish, .silu: nil
    }
  }
}

extension Activation: OperationDefinition {
  package var name: String { rawValue }
  package var scalingRule: ScalingRule { self == .relu ? .handsOn : .ends }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    [try validatedInput(inputs)]
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    prepared(count: context.outputs[0].count)
  }

  /// The activation of `count` elements.
  func prepared(count: Int) -> PreparedOperation {
    PreparedOperation(allowsInPlace: true) { inputs, outputs, workers in
      let (input, output) = (inputs[0], outputs[0])
      // One loop per function: the choice stays outside of it.
      switch self {
      case .relu:
        workers.forEachVector(count, output) { index, lanes in
          let x = input.vector(index, count: lanes)
          return x.replacing(with: 0, where: x .< Vector.zero)
        }
      case .relu6:
        workers.forEachVector(count, output) { index, lanes in
          input.vector(index, count: lanes).clampedKeepingNaN(0, 6)
        }
      case .hardSigmoid:
        workers.forEachVector(count, output) { index, lanes in
          hardSigmoidValue(input.vector(index, count: lanes))
        }
      case .hardSwish:
        workers.forEachVector(count, output) { index, lanes in
          let x = input.vector(index, count: lanes)
          return x * hardSigmoidValue(x)
        }
      case .sigmoid:
        workers.forEachVector(count, output) { index, lanes in
          sigmoidValue(input.vector(index, count: lanes))
        }
      case .silu:
        workers.forEachVector(count, output) { index, lanes in
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
