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
    if context.node.endsInHardSwish {
      return HardSwishScales.scales(wanted, context, largestFactor: factors.max() ?? 0)
    }
    let residual = context.residual.map { Double($0.scale) } ?? 0
    let largest = factors.max() ?? 0
    let isUniform = wanted.records.count == 1
    return wanted.widened { max(isUniform ? largest : factors[$0], residual) / largestFactor }
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
  /// `wanted`, or coarser scales, with f.
  static func scales(
    _ wanted: ActivationScales, _ context: ScaleContext, largestFactor: Double
  ) -> ActivationScales {
    let finest = wanted.records.map { Double($0.scale) }.min() ?? 1
    let bits = fractionBits(
      greatest: context.greatestBeforeActivation, largestFactor: largestFactor,
      outputScale: finest)
    // F ≥ 2 keeps the factor below ¼: 4 / (3 · 2^f · s) < ¼.
    let least = 16 / (3 * exp2(Double(bits))) * 1.001
    var scales = wanted.widened { _ in least }
    scales.swishFractionBits = bits
    return scales
  }

  /// 4 / (3 · 2^f · s): what the product of pre-activation and gate is multiplied by.
  static func factor(_ fractionBits: Int, scale: Double) -> Double {
    4 / (3 * exp2(Double(fractionBits)) * scale)
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
    while bits > 0 && factor(bits, scale: outputScale) < exp2(-8) { bits -= 1 }
    return bits
  }
}

extension Node {
  /// Whether its result is that of h-swish, computed from a sum: the range before it matters then.
  var endsInHardSwish: Bool {
    switch tail?.activation?.fusion {
    case .hardSwish: true
    case nil, .some(.none), .clamp, .gate: false
    }
  }
}
