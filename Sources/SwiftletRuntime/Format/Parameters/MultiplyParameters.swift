/// A tensor times a gate that stands for 0…1 as −128…127.
///
/// | field | offset |
/// | --- | --- |
/// | m | 0, int32 |
/// | F | 4, int32 |
/// | lo, hi | 8, 12, int32 |
public struct MultiplyParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.multiply

  /// m: 2¹⁴ to 2¹⁵ − 1.
  public var multiplier: Int
  /// F: 2 to 7.
  public var outputShift: Int
  /// The bounds of the product.
  public var clamp: OutputClamp

  /// Makes parameters.
  public init(multiplier: Int, outputShift: Int, clamp: OutputClamp = OutputClamp()) {
    self.multiplier = multiplier
    self.outputShift = outputShift
    self.clamp = clamp
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    multiplier = try decoder.int("multiplier", (1 << 14)...((1 << 15) - 1), "2¹⁴ to 2¹⁵ − 1")
    outputShift = try decoder.int("output shift", 2...7, "2 to 7")
    clamp = try OutputClamp(&decoder)
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.appendInt32(multiplier)
    encoder.appendInt32(outputShift)
    clamp.encode(into: &encoder)
  }
}
