/// The product of two tensors.
///
/// | field | offset |
/// | --- | --- |
/// | bias | 0, int32 |
/// | m | 4, int32 |
/// | s | 8, int32 |
/// | lo, hi | 12, 16, int32 |
public struct ProductParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.product

  /// The output's zero point and rounding halves, in units of the product: at most 2³⁰ in magnitude.
  public var bias: Int
  /// m: 2¹⁴ to 2¹⁵ − 1.
  public var multiplier: Int
  /// s: −7 to 24.
  public var shift: Int
  /// The bounds of the product.
  public var clamp: OutputClamp

  /// Makes parameters.
  public init(bias: Int, multiplier: Int, shift: Int, clamp: OutputClamp = OutputClamp()) {
    self.bias = bias
    self.multiplier = multiplier
    self.shift = shift
    self.clamp = clamp
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    bias = try decoder.int("bias", -(1 << 30)...(1 << 30), "−2³⁰ to 2³⁰")
    multiplier = try decoder.int("multiplier", (1 << 14)...((1 << 15) - 1), "2¹⁴ to 2¹⁵ − 1")
    shift = try decoder.int("shift", -7...24, "−7 to 24")
    clamp = try OutputClamp(&decoder)
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.appendInt32(bias)
    encoder.appendInt32(multiplier)
    encoder.appendInt32(shift)
    clamp.encode(into: &encoder)
  }
}
