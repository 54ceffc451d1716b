import CSwiftletKernels

/// The arithmetic's definition in exact integers: division instead of shifts, 64 bits instead of
/// 32, so that it shares neither code nor width with the kernels.
enum Oracle {
  /// The largest integer not above `numerator / denominator`; `denominator` > 0.
  static func floorDivide(_ numerator: Int, _ denominator: Int) -> Int {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The integer nearest to `numerator / denominator`, the upper one of two; `denominator` > 0.
  static func roundHalfUp(_ numerator: Int, _ denominator: Int) -> Int {
    floorDivide(2 * numerator + denominator, 2 * denominator)
  }

  /// Whether `numerator / denominator` lies halfway between two integers.
  static func isTie(_ numerator: Int, _ denominator: Int) -> Bool {
    let doubled = 2 * numerator
    return doubled % denominator == 0 && (doubled / denominator) % 2 != 0
  }

  static func clamp(_ value: Int, _ lo: Int, _ hi: Int) -> Int {
    max(lo, min(hi, value))
  }

  static func power(_ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { product, _ in product * 2 }
  }

  /// The accumulator times 2^−shift, rounded down, as an int16.
  static func shifted(_ accumulator: Int, _ shift: Int) -> Int {
    let exact =
      shift > 0 ? floorDivide(accumulator, power(shift)) : accumulator * power(-shift)
    return clamp(exact, -32768, 32767)
  }

  /// The 16-bit result before an epilogue.
  static func requantize16(_ accumulator: Int, shift: Int, multiplier: Int) -> Int {
    roundHalfUp(shifted(accumulator, shift) * multiplier, 32768)
  }

  static func requantize(_ accumulator: Int, shift: Int, multiplier: Int, lo: Int, hi: Int) -> Int {
    clamp(floorDivide(requantize16(accumulator, shift: shift, multiplier: multiplier), 64), lo, hi)
  }

  /// h-swish of b / 2^f.
  static func hardSwish(
    _ b: Int, fractionBits f: Int, multiplier: Int, zeroPoint: Int, outputShift: Int, lo: Int,
    hi: Int
  ) -> Int {
    let one = power(f)
    let gate = clamp(b + 3 * one, 0, 6 * one) * (4096 / one)
    let h = roundHalfUp(b * gate, 32768)
    let c = roundHalfUp(h * multiplier, 32768)
    return clamp(roundHalfUp(c, power(outputShift)) + zeroPoint, lo, hi)
  }

  /// A convolution's residual add.
  static func residualAdd(_ b: Int, _ q: Int, multiplier: Int, lo: Int, hi: Int) -> Int {
    clamp(floorDivide(b + roundHalfUp(q * 256 * multiplier, 32768), 64), lo, hi)
  }

  static func add(_ a: Int, _ b: Int, _ p: SwlAddParams) -> Int {
    let sum = a * Int(p.multiplier_a) + b * Int(p.multiplier_b) + Int(p.addend)
    return clamp(floorDivide(sum, power(Int(p.shift))), Int(p.lo), Int(p.hi))
  }

  /// The squeeze-and-excite multiply.
  static func gateMultiply(_ q: Int, gate: Int, _ p: SwlMultiplyParams) -> Int {
    let factor = roundHalfUp((gate + 128) * Int(p.multiplier), 256)
    let b = roundHalfUp((q - Int(p.input_zero_point)) * 128 * factor, 32768)
    let y = roundHalfUp(b, power(Int(p.output_shift))) + Int(p.output_zero_point)
    return clamp(y, Int(p.lo), Int(p.hi))
  }
}
