/// The largest value of a sliding window without dilation; padding is left out.
///
/// | field | offset |
/// | --- | --- |
/// | window | 0, 32 bytes |
/// | lo, hi | 32, 36, int32 |
public struct MaxPoolParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.maxPool

  /// The window.
  public var window: Window
  /// The bounds of the output.
  public var clamp: OutputClamp

  /// Makes parameters.
  public init(window: Window, clamp: OutputClamp = OutputClamp()) {
    self.window = window
    self.clamp = clamp
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    window = try Window(&decoder, dilated: false)
    clamp = try OutputClamp(&decoder)
  }

  func encode(into encoder: inout RecordEncoder) {
    window.encode(into: &encoder, dilated: false)
    clamp.encode(into: &encoder)
  }
}
