/// The mean over a sliding window without dilation.
///
/// | field | offset |
/// | --- | --- |
/// | window | 0, 32 bytes |
/// | counts padding | 32, uint32: 0 or 1 |
/// | lo, hi | 36, 40, int32 |
/// | reserved | 44, zeros |
/// | mean entries | 64: one for each count of taps from 1 to all |
public struct AveragePoolParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.averagePool

  /// The window.
  public var window: Window
  /// Whether taps outside the input count, as zeros.
  public var countsPadding: Bool
  /// The bounds of the mean.
  public var clamp: OutputClamp

  /// Makes parameters.
  public init(window: Window, countsPadding: Bool, clamp: OutputClamp = OutputClamp()) {
    self.window = window
    self.countsPadding = countsPadding
    self.clamp = clamp
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    window = try Window(&decoder, dilated: false)
    countsPadding = try decoder.flag("counts padding", "0, or 1 when padding counts")
    clamp = try OutputClamp(&decoder)
  }

  func encode(into encoder: inout RecordEncoder) {
    window.encode(into: &encoder, dilated: false)
    encoder.appendUInt32(countsPadding ? 1 : 0)
    clamp.encode(into: &encoder)
  }
}
