import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// What a curve as an epilogue asks of scales: b's range, its core and the unit of its result.
enum CurveScales {
  /// What a range that calibration saw is widened by where the outputs' own range does not end there.
  private static let headroom = 1.25

  /// How `node`, which ends in `activation`, computes its result.
  ///
  /// b covers what calibration saw before the activation, as far as the function has not settled: of a
  /// function that is 0 or max(x, 0) from some |x| on, the core ends there. `largestFactor` is the
  /// greatest s_x · s_w, which is below 2⁷ units of b, as the shift is at least −7; and a unit of the
  /// result is at least 2⁻⁸ of the output's scale, as F is at most 7.
  static func preactivation(
    _ activation: Activation, seen: ClosedRange<Double>?, result: ActivationScales,
    largestFactor: Double
  ) -> Preactivation {
    let (hasRamp, settled) = (activation.hasRamp, activation.settled)
    let seen = seen ?? unseen(activation, result[0])
    let below = min(-seen.lowerBound * headroom, settled)
    let above = hasRamp ? seen.upperBound : min(seen.upperBound * headroom, settled)
    var reach = max(below, above, 1e-6)
    // In b's own unit the result is a number of 16 bits too.
    if hasRamp { reach = max(reach, max(above, 0) + 1.01 * activation.largestBesideRamp) }
    reach = max(reach, largestFactor / 127 * 32768)
    let leastUnit = 1.01 / 256 * (result.records.map { Double($0.scale) }.min() ?? 0)
    if hasRamp { reach = max(reach, leastUnit * 32768) }
    var coreShift = 0
    if reach > settled {
      coreShift = min(Int(log2(reach / settled).rounded(.up)), 12)
      reach = max(reach, settled * exp2(Double(coreShift)))
    }
    let unit = reach / 32768
    let core = reach * exp2(-Double(coreShift))
    let greatest = max(abs(activation.exact(core)), abs(activation.exact(-core)), 1e-9)
    return Preactivation(
      curve: activation, coreShift: coreShift, hasRamp: hasRamp, unit: unit,
      resultUnit: hasRamp ? unit : max(greatest / 16384, leastUnit))
  }

  /// What may come before an activation with this result, where nobody looked.
  private static func unseen(
    _ activation: Activation, _ result: QuantizationRecord
  ) -> ClosedRange<Double> {
    let above = activation.hasRamp ? max(result.dequantize(127), 0) : activation.settled
    if case .leakyRelu(let slope) = activation, slope != 0 {
      return -abs(result.dequantize(-128) / Double(slope))...above
    }
    return -min(activation.settled, 1e4)...above
  }
}

extension Activation {
  /// Whether what is left of it once max(x, 0) is taken away settles at both ends.
  fileprivate var hasRamp: Bool {
    switch self {
    case .silu, .leakyRelu, .elu, .softplus, .mish, .gelu, .geluTanh: true
    case .relu, .relu6, .hardSigmoid, .hardSwish, .sigmoid, .clip, .hardGate, .tanh, .erf: false
    }
  }

  /// From which magnitude on it is constant, but for its ramp, to about 2⁻¹¹ of 1; infinite where it
  /// never is.
  fileprivate var settled: Double {
    switch self {
    case .sigmoid, .softplus, .elu: 8
    case .silu, .mish: 10
    case .tanh, .gelu, .geluTanh: 4.5
    case .erf: 3
    case .relu, .relu6, .hardSigmoid, .hardSwish, .clip, .hardGate, .leakyRelu: .infinity
    }
  }

  /// The greatest magnitude of what it is beside max(x, 0), where that is bounded.
  fileprivate var largestBesideRamp: Double {
    switch self {
    case .elu(let alpha): abs(Double(alpha))
    case .softplus: exact(0)
    case .silu, .mish, .gelu, .geluTanh: 0.5
    case .leakyRelu, .relu, .relu6, .hardSigmoid, .hardSwish, .sigmoid, .clip, .hardGate, .tanh,
      .erf:
      0
    }
  }
}
