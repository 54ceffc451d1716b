import SwiftletPlatform

/// A positive real number as m · 2^−exponent with 2¹⁴ ≤ m < 2¹⁵.
struct FixedPoint: Equatable {
  var multiplier: Int
  var exponent: Int

  /// The nearest such number to `value` > 0; m that rounds up to 2¹⁵ becomes 2¹⁴ with one exponent
  /// less.
  init(_ value: Double) {
    let exponent = 14 - Int(floor(log2(value)))
    var multiplier = Int((value * exp2(Double(exponent))).rounded(.toNearestOrAwayFromZero))
    self.exponent = exponent
    if multiplier == 1 << 15 {
      multiplier = 1 << 14
      self.exponent -= 1
    }
    self.multiplier = multiplier
  }

  /// The number that is represented.
  var value: Double { Double(multiplier) * exp2(-Double(exponent)) }
}

/// m and s of the Q15 requantization: M = (m / 2¹⁵) · 2^−s · 2^−fractionBits.
struct Requantizer: Equatable {
  /// Legal shifts of the format.
  static let shifts = -7...24

  var multiplier: Int
  var shift: Int
  /// Bits below the integer when b is formed: 6 for the plain epilogue, 0 for a pre-activation.
  let fractionBits: Int

  /// The requantizer of the real factor `factor` = M, or nil when its shift is out of range.
  init?(factor: Double, fractionBits: Int = 6) {
    guard factor > 0, factor.isFinite else { return nil }
    let fixed = FixedPoint(factor * exp2(Double(fractionBits)))
    multiplier = fixed.multiplier
    shift = fixed.exponent - 15
    self.fractionBits = fractionBits
    guard Self.shifts.contains(shift) else { return nil }
  }

  /// M as represented.
  var factor: Double {
    Double(multiplier) * exp2(-Double(15 + shift + fractionBits))
  }

  /// What the accumulator needs before `>> s` so that it rounds half up.
  var roundingHalf: Int { shift > 0 ? 1 << (shift - 1) : 0 }

  /// What a sum needs beside its terms, so that its result is rounded half up about `zeroPoint`: that, its
  /// half and that of the first shift, in units of the sum.
  func bias(zeroPoint: Int32) -> Int {
    let steps = (Double(zeroPoint) + 0.5 - exp2(-7)) / factor
    return Int((steps + 0.5).rounded(.down)) + roundingHalf
  }
}
