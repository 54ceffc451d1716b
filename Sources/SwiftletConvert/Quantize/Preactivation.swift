import SwiftletGraph
import SwiftletPlatform

/// How a result is computed from a 16-bit pre-activation b: h-swish's or a curve's h, which m₂ / 2¹⁵ · 2^−F
/// brings to int8.
struct Preactivation: Sendable {
  enum Function: Sendable {
    /// With f fraction bits.
    case hardSwish(fractionBits: Int)
    /// With a core of 2⁻ᵏ of b's range.
    case curve(Activation, coreShift: Int, hasRamp: Bool)
  }

  let function: Function
  /// Real units a step of b.
  let unit: Double
  /// Real units a step of h.
  let resultUnit: Double

  /// h-swish's h is ¾ · hswish(x) · 2^f.
  init(hardSwishBits bits: Int) {
    function = .hardSwish(fractionBits: bits)
    unit = exp2(-Double(bits))
    resultUnit = 4 / 3 * unit
  }

  init(curve: Activation, coreShift: Int, hasRamp: Bool, unit: Double, resultUnit: Double) {
    function = .curve(curve, coreShift: coreShift, hasRamp: hasRamp)
    self.unit = unit
    self.resultUnit = resultUnit
  }

  /// What h is multiplied by for an output scale.
  func factor(scale: Double) -> Double { resultUnit / scale }

  /// The least output scale whose factor is below ¼, which F ≥ 2 asks for.
  var leastScale: Double { 4 * resultUnit * 1.001 }
}
