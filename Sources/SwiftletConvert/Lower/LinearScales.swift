import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// What the scales of a convolution's or fully connected layer's result must satisfy.
enum LinearScales {
  /// The greatest quotient of a sum's unit s_x · s_w and the output's scale.
  ///
  /// M = (m / 2¹⁵) · 2^−s · 2⁻⁶ with m < 2¹⁵ and s ≥ −7 is below 2; a little less leaves room for the
  /// rounding of m and of the scale to a float. A residual's m_r = 2¹³ · s_r / s_y < 2¹⁴ gives its
  /// scale the same bound.
  static let largestFactor = 1.99

  /// `wanted`, or scales that are coarse enough for the layer's multipliers.
  static func scales(
    _ wanted: ActivationScales, _ context: ScaleContext
  ) -> ActivationScales {
    let factors = factors(context)
    if let preactivation = preactivation(wanted, context, largestFactor: factors.max() ?? 0) {
      var scales = wanted.widened { _ in preactivation.leastScale }
      scales.preactivation = preactivation
      return scales
    }
    let residual = context.residual.map { Double($0.scale) } ?? 0
    let largest = factors.max() ?? 0
    let isUniform = wanted.records.count == 1
    return wanted.widened { max(isUniform ? largest : factors[$0], residual) / largestFactor }
  }

  /// The scale that a result has whatever calibration saw, a gate's for example.
  static func uncalibrated(_ record: QuantizationRecord, _ context: ScaleContext)
    -> ActivationScales
  {
    var scales = ActivationScales(record)
    scales.preactivation = preactivation(
      scales, context, largestFactor: factors(context).max() ?? 0)
    return scales
  }

  /// How a node computes its result, if that is from a 16-bit pre-activation: only then is the largest
  /// factor asked for, which all weights are looked through for.
  private static func preactivation(
    _ wanted: ActivationScales, _ context: ScaleContext, largestFactor: @autoclosure () -> Double
  ) -> Preactivation? {
    switch context.node.tail?.activation?.fusion {
    case .hardSwish:
      return HardSwishScales.preactivation(wanted, context, largestFactor: largestFactor())
    case .curve(let activation):
      return CurveScales.preactivation(
        activation, seen: context.beforeActivation, result: wanted, largestFactor: largestFactor())
    case nil, .some(.none), .clamp, .gate: return nil
    }
  }

  /// Input scale times weight scale of each output channel.
  private static func factors(_ context: ScaleContext) -> [Double] {
    guard let linear = context.node.operation.definition.linear,
      let weights = context.graph.floats(linear.weightInput, of: context.node)
    else { return [] }
    return (0..<linear.outputChannels).map { channel in
      let input = context.inputs[0][linear.isDepthwise ? channel : 0]
      if let fixed = linear.fixedScales { return Double(input.scale) * Double(fixed[channel]) }
      let largest = weights[linear.range(ofChannel: channel)].reduce(0) { max($0, abs($1)) }
      return Double(input.scale) * Double(largest) / 127
    }
  }
}

/// What h-swish as an epilogue asks of scales: it computes with a 16-bit pre-activation of f fraction
/// bits, whose product with the gate is brought to int8 by m₂ / 2¹⁵ · 2^−F.
enum HardSwishScales {
  /// With the f that fits.
  static func preactivation(
    _ wanted: ActivationScales, _ context: ScaleContext, largestFactor: Double
  ) -> Preactivation {
    let finest = wanted.records.map { Double($0.scale) }.min() ?? 1
    // Without calibration: what comes out of h-swish is not above what goes in.
    let greatest = context.beforeActivation?.upperBound ?? wanted[0].dequantize(127)
    return Preactivation(
      hardSwishBits: fractionBits(
        greatest: greatest, largestFactor: largestFactor, outputScale: finest))
  }

  /// f: the largest ≤ 12 that holds the pre-activation with a factor of two to spare.
  ///
  /// Only the positive side counts: below −3 the gate is zero, so saturation there is harmless.
  /// f shrinks further where a channel's multiplier (shift ≥ −7, so s_x · s_w · 2^f below 2⁷) or the
  /// output multiplier (output shift ≤ 7, so a factor of at least 2⁻⁸) needs it.
  private static func fractionBits(
    greatest: Double, largestFactor: Double, outputScale: Double
  ) -> Int {
    var bits = 12
    while bits > 0 && max(greatest, 3) >= exp2(Double(14 - bits)) { bits -= 1 }
    while bits > 0 && largestFactor * exp2(Double(bits)) >= 127 { bits -= 1 }
    while bits > 0 && Preactivation(hardSwishBits: bits).factor(scale: outputScale) < exp2(-8) {
      bits -= 1
    }
    return bits
  }
}

extension Node {
  /// Whether its result is computed from a 16-bit pre-activation: the range before it matters then.
  var hasPreactivation: Bool {
    switch tail?.activation?.fusion {
    case .hardSwish, .curve: true
    case nil, .some(.none), .clamp, .gate: false
    }
  }
}
