// Rounding without a call of the C library for each value: x86-64's first instruction set, for which
// programs are built, has no instruction for it.

extension Float {
  /// The nearest integer, halves to even, of a value whose magnitude is at most 2²²; zero is never
  /// negative.
  @inline(__always)
  var nearestInteger: Float {
    // 1.5 · 2²³: floats of the sum's magnitude are integers.
    let shift: Float = 12_582_912
    return (self + shift) - shift
  }

  /// `rounded(.toNearestOrAwayFromZero)` of a value whose magnitude is at most 2²²; zero is never
  /// negative.
  @inline(__always)
  var nearestOrAwayFromZero: Float {
    let nearest = nearestInteger
    // The difference of a float and the nearest integer is exact.
    let rest = self - nearest
    if rest == 0.5 && self > 0 { return nearest + 1 }
    if rest == -0.5 && self < 0 { return nearest - 1 }
    return nearest
  }
}
