/// The bounds of an operation's output values: −128 ≤ lo ≤ hi ≤ 127. Eight bytes, int32 each.
public struct OutputClamp: Equatable, Sendable {
  /// The least output value.
  public var lo: Int
  /// The greatest output value.
  public var hi: Int

  /// Makes bounds, all of int8 unless said otherwise.
  public init(lo: Int = -128, hi: Int = 127) {
    self.lo = lo
    self.hi = hi
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    lo = try decoder.int("lo", -128...127, "−128 to 127")
    hi = try decoder.int("hi", lo...127, "lo to 127")
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.appendInt32(lo)
    encoder.appendInt32(hi)
  }
}
