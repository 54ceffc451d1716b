import SwiftletPlatform

/// An elementwise non-linearity.
public enum Activation: Hashable, Sendable {
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
  /// min(max(x, low), high); either may be infinite.
  case clip(low: Float, high: Float)
  /// x above 0, slope · x below.
  case leakyRelu(slope: Float)
  /// x above 0, alpha · (e^x − 1) below.
  case elu(alpha: Float)
  /// min(max(slope · x + offset, 0), 1)
  case hardGate(slope: Float, offset: Float)
  /// (e^x − e^−x) / (e^x + e^−x)
  case tanh
  /// ln(1 + e^x)
  case softplus
  /// x · tanh(ln(1 + e^x)) (Misra, 2019)
  case mish
  /// x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel, 2016)
  case gelu
  /// The same with Φ(x) ≈ ½ + ½ · tanh(√(2/π) · (x + 0.044715 · x³))
  case geluTanh
  /// 2 / √π · ∫ e^−t² dt from 0 to x: what GELU is spelled out with.
  case erf
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
  /// A smooth function, likewise.
  case curve(Activation)
}

extension Activation {
  /// How it can be joined to the operation before it.
  public var fusion: ActivationFusion {
    switch self {
    case .relu: .clamp(0...Double.infinity)
    case .relu6: .clamp(0...6)
    case .hardSigmoid: .gate(gain: 1.0 / 6, offset: 0.5)
    case .hardSwish: .hardSwish
    case .clip(let low, let high): .clamp(Double(low)...Double(high))
    case .hardGate(let slope, let offset): .gate(gain: Double(slope), offset: Double(offset))
    case .sigmoid, .silu, .tanh, .softplus, .mish, .gelu, .geluTanh, .erf: .curve(self)
    // Beyond these they leave the 16 bits that their argument fills.
    case .leakyRelu(0): .clamp(0...Double.infinity)
    case .leakyRelu(let slope): abs(slope) <= 1 ? .curve(self) : .none
    case .elu(let alpha): abs(alpha) <= 8 ? .curve(self) : .none
    }
  }

  /// Whether its values are between 0 and 1, so that it can be the gate of a multiplication.
  public var isGate: Bool {
    switch self {
    case .hardSigmoid, .sigmoid, .hardGate: true
    case .relu, .relu6, .hardSwish, .silu, .clip, .leakyRelu, .elu, .tanh, .softplus, .mish, .gelu,
      .geluTanh, .erf:
      false
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
    case .clip(let low, let high): min(max(x, Double(low)), Double(high))
    case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
    case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
    case .hardGate(let slope, let offset): min(max(Double(slope) * x + Double(offset), 0), 1)
    case .tanh: SwiftletPlatform.tanh(x)
    case .softplus: Self.softplus(x)
    case .mish: x * SwiftletPlatform.tanh(Self.softplus(x))
    case .gelu: x / 2 * (1 + SwiftletPlatform.erf(x * 0.5.squareRoot()))
    case .erf: SwiftletPlatform.erf(x)
    case .geluTanh:
      x / 2 * (1 + SwiftletPlatform.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
  }

  /// ln(1 + e^x), which for large x is x.
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// What x times this activation of x is, if that is an activation of its own.
  var timesInput: Activation? {
    switch self {
    case .hardSigmoid: .hardSwish
    case .sigmoid: .silu
    case .relu, .relu6, .hardSwish, .silu, .clip, .leakyRelu, .elu, .hardGate, .tanh, .softplus,
      .mish, .gelu, .geluTanh, .erf:
      nil
    }
  }
}

extension Activation: RawRepresentable {
  /// Those without numbers, by name.
  private static let plain: [(name: String, activation: Activation)] = [
    ("relu", .relu), ("relu6", .relu6), ("hardSigmoid", .hardSigmoid), ("hardSwish", .hardSwish),
    ("sigmoid", .sigmoid), ("silu", .silu), ("tanh", .tanh), ("softplus", .softplus),
    ("mish", .mish), ("gelu", .gelu), ("geluTanh", .geluTanh),
    ("erf", .erf),
  ]

  /// For people and for `init(rawValue:)`: a name, and the numbers that belong to it, for example
  /// `leakyRelu(0.1)`.
  public var rawValue: String {
    switch self {
    case .relu: "relu"
    case .relu6: "relu6"
    case .hardSigmoid: "hardSigmoid"
    case .hardSwish: "hardSwish"
    case .sigmoid: "sigmoid"
    case .silu: "silu"
    case .clip(let low, let high): "clip(\(low),\(high))"
    case .leakyRelu(let slope): "leakyRelu(\(slope))"
    case .elu(let alpha): "elu(\(alpha))"
    case .hardGate(let slope, let offset): "hardGate(\(slope),\(offset))"
    case .tanh: "tanh"
    case .softplus: "softplus"
    case .mish: "mish"
    case .gelu: "gelu"
    case .geluTanh: "geluTanh"
    case .erf: "erf"
    }
  }

  /// What `rawValue` is of; nil for any other text.
  public init?(rawValue: String) {
    if let found = Self.plain.first(where: { $0.name == rawValue }) {
      self = found.activation
      return
    }
    let parts = rawValue.split(separator: "(", maxSplits: 1)
    guard parts.count == 2, parts[1].last == ")" else { return nil }
    let numbers = parts[1].dropLast().split(separator: ",").compactMap { Float($0) }
    switch (parts[0], numbers.count) {
    case ("clip", 2): self = .clip(low: numbers[0], high: numbers[1])
    case ("leakyRelu", 1): self = .leakyRelu(slope: numbers[0])
    case ("elu", 1): self = .elu(alpha: numbers[0])
    case ("hardGate", 2): self = .hardGate(slope: numbers[0], offset: numbers[1])
    default: return nil
    }
  }

  /// One of each kind, for tests.
  package static var examples: [Activation] {
    plain.map(\.activation) + [
      .clip(low: -1, high: 1), .leakyRelu(slope: 0.1), .elu(alpha: 1),
      .hardGate(slope: 0.2, offset: 0.5),
    ]
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
      case .clip(let low, let high):
        workers.forEachVector(count, output) { index, lanes in
          input.vector(index, count: lanes).clampedKeepingNaN(low, high)
        }
      case .leakyRelu(let slope):
        workers.forEachVector(count, output) { index, lanes in
          let x = input.vector(index, count: lanes)
          return x.replacing(with: x * slope, where: x .< Vector.zero)
        }
      case .hardGate(let slope, let offset):
        workers.forEachVector(count, output) { index, lanes in
          (input.vector(index, count: lanes) * slope + offset).clampedKeepingNaN(0, 1)
        }
      case .elu, .tanh, .softplus, .mish, .gelu, .geluTanh, .erf:
        // Rare enough to be computed one by one.
        workers.forEachVector(count, output) { index, lanes in
          var x = input.vector(index, count: lanes)
          for lane in 0..<lanes { x[lane] = Float(exact(Double(x[lane]))) }
          return x
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
