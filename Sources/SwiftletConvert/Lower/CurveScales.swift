import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// What a curve as an epilogue asks of scales: b's range, its core and the unit of its result.
enum CurveScales {
  /// What a range that calibration saw is widened by where the outputs' own range does not end there.
  private static let headroom = 1.25

  /// How an operation that ends in `activation` computes its result.
  ///
  /// b covers what calibration saw before the activation, as far as the function has not settled: from some
  /// |x| on it is a constant, or max(x, 0). It covers that twice, since b = (a · m) >> 15 reaches only m,
  /// which may be as little as 2¹⁴. The core is what was seen or, where that is more, what has not
  /// settled; beyond it the ramp goes on. `largestFactor` is the greatest s_x · s_w, which is below 2⁷ units
  /// of b, as the shift is at least −7; a unit of the result is at least 2⁻⁸ of the output's scale, as F is
  /// at most 7.
  static func preactivation(
    _ activation: Activation, seen: ClosedRange<Double>?, result: ActivationScales,
    largestFactor: Double
  ) -> Preactivation {
    let settled = activation.settled
    let seen = seen ?? unseen(activation, result[0])
    let below = min(-seen.lowerBound * headroom, settled)
    let above =
      activation.hasRamp ? seen.upperBound : min(seen.upperBound * headroom, settled)
    let needed = max(below, above, 1e-6)
    let leastUnit = 1.01 / 256 * (result.records.map { Double($0.scale) }.min() ?? 0)
    let isSettled = needed > settled
    var (reach, coreShift) = (2 * needed, 1)
    if isSettled {
      coreShift = min(Int(log2(reach / settled).rounded(.up)), 12)
      // The ramp's unit is that of b too.
      reach = max(reach, settled * exp2(Double(coreShift)), leastUnit * 32768)
    }
    reach = max(reach, largestFactor / 127 * 32768)
    let unit = reach / 32768
    let core = reach * exp2(-Double(coreShift))
    let greatest = max(abs(activation.exact(core)), abs(activation.exact(-core)), 1e-9)
    return Preactivation(
      curve: activation, coreShift: coreShift, hasRamp: isSettled, unit: unit,
      resultUnit: isSettled ? unit : max(greatest / 16384, leastUnit))
  }

  /// What may come before an activation with this result, where nobody looked.
  private static func unseen(
    _ activation: Activation, _ result: QuantizationRecord
  ) -> ClosedRange<Double> {
    let above = activation.hasRamp ? max(result.dequantize(127), 0) : activation.settled
    if case .leakyRelu(let slope) = activation {
      let greatest = max(abs(result.dequantize(-128)), abs(result.dequantize(127)))
      return -greatest / abs(Double(slope))...above
    }
    return -min(activation.settled, 1e4)...above
  }
}

extension Activation {
  /// Whether it goes on as max(x, 0) does, or with another slope below.
  fileprivate var hasRamp: Bool {
    switch self {
    case .silu, .leakyRelu, .elu, .softplus, .mish, .gelu, .geluTanh: true
    case .relu, .relu6, .hardSigmoid, .hardSwish, .sigmoid, .clip, .hardGate, .tanh, .erf: false
    }
  }

  /// From which magnitude on it is constant, but for its ramp, to far less than a level; infinite where it
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
}
