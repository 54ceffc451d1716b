/// The arithmetic's definition in exact integers: division instead of shifts, 64 bits instead of
/// 32, so that it shares neither code nor width with the kernels.
public enum Oracle {
  /// The largest integer not above `numerator / denominator`; `denominator` > 0.
  public static func floorDivide(_ numerator: Int, _ denominator: Int) -> Int {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The integer nearest to `numerator / denominator`, the upper one of two; `denominator` > 0.
  public static func roundHalfUp(_ numerator: Int, _ denominator: Int) -> Int {
    floorDivide(2 * numerator + denominator, 2 * denominator)
  }

  /// Whether `numerator / denominator` lies halfway between two integers.
  public static func isTie(_ numerator: Int, _ denominator: Int) -> Bool {
    let doubled = 2 * numerator
    return doubled % denominator == 0 && (doubled / denominator) % 2 != 0
  }

  /// The number in lo…hi nearest to `value`.
  public static func clamp(_ value: Int, _ lo: Int, _ hi: Int) -> Int {
    max(lo, min(hi, value))
  }

  /// 2 to the power of `exponent` ≥ 0.
  public static func power(_ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { product, _ in product * 2 }
  }

  /// The accumulator times 2^−shift, rounded down, as an int16.
  public static func shifted(_ accumulator: Int, _ shift: Int) -> Int {
    let exact =
      shift > 0 ? floorDivide(accumulator, power(shift)) : accumulator * power(-shift)
    return clamp(exact, -32768, 32767)
  }

  /// The 16-bit result before an epilogue.
  public static func requantize16(_ accumulator: Int, shift: Int, multiplier: Int) -> Int {
    roundHalfUp(shifted(accumulator, shift) * multiplier, 32768)
  }

  /// The requantization of an accumulator.
  public static func requantize(
    _ accumulator: Int, shift: Int, multiplier: Int, lo: Int, hi: Int
  ) -> Int {
    clamp(floorDivide(requantize16(accumulator, shift: shift, multiplier: multiplier), 64), lo, hi)
  }

  /// h-swish of b / 2^f.
  public static func hardSwish(
    _ b: Int, fractionBits f: Int, multiplier: Int, zeroPoint: Int, outputShift: Int, lo: Int,
    hi: Int
  ) -> Int {
    let unit = power(f)
    let gate = clamp(b + 3 * unit, 0, 6 * unit) * (4096 / unit)
    let h = roundHalfUp(b * gate, 32768)
    let c = roundHalfUp(h * multiplier, 32768)
    return clamp(roundHalfUp(c, power(outputShift)) + zeroPoint, lo, hi)
  }

  /// A curve's result.
  public static func finishCurve(
    _ h: Int, multiplier: Int, zeroPoint: Int, outputShift: Int, lo: Int, hi: Int
  ) -> Int {
    let c = roundHalfUp(h * multiplier, 32768)
    return clamp(roundHalfUp(c, power(outputShift)) + zeroPoint, lo, hi)
  }

  /// A convolution's residual add.
  public static func residualAdd(_ b: Int, _ q: Int, multiplier: Int, lo: Int, hi: Int) -> Int {
    clamp(floorDivide(b + roundHalfUp(q * 256 * multiplier, 32768), 64), lo, hi)
  }
}
