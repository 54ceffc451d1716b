/// How a sum of values becomes their mean in int8, for one number of values. 8 bytes.
///
/// | field | offset | range |
/// | --- | --- | --- |
/// | bias | 0, int32 | 128·count + absolute bias < 2³⁰ |
/// | m | 4, int16 | 2¹⁴ to 2¹⁵ − 1 |
/// | s | 6, int8 | −7 to 24 |
/// | reserved | 7 | 0 |
public struct MeanEntry: Equatable, Sendable {
  /// Zero points and rounding halves folded in.
  public var bias: Int
  /// m.
  public var multiplier: Int
  /// s.
  public var shift: Int

  /// Makes an entry.
  public init(bias: Int, multiplier: Int, shift: Int) {
    self.bias = bias
    self.multiplier = multiplier
    self.shift = shift
  }

  /// Reads entry number `index`, for a sum of `count` values.
  init(_ view: ByteView, index: Int, count: Int, _ check: RecordCheck) throws(BundleError) {
    let offset = index * BundleLayout.meanEntryLength
    let bias = view.load(Int32.self, at: offset)
    try check.require(
      128 * Int64(count) + abs(Int64(bias)) < 1 << 30, "mean entry bias", Int(bias),
      "sums below 2³⁰")
    self.bias = Int(bias)
    multiplier = Int(view.load(Int16.self, at: offset + 4))
    try check.require(
      multiplier >= 1 << 14, "mean entry multiplier", multiplier, "2¹⁴ to 2¹⁵ − 1")
    shift = Int(view.load(Int8.self, at: offset + 6))
    try check.require(shift >= -7 && shift <= 24, "mean entry shift", shift, "−7 to 24")
    let reserved = Int(view[offset + 7])
    try check.require(reserved == 0, "mean entry reserved byte", reserved, "0")
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.append(Int32(bias))
    encoder.append(Int16(multiplier))
    encoder.append(Int8(shift))
    encoder.append(Int8(0))
  }
}
