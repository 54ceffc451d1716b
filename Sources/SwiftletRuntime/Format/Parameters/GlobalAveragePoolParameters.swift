/// The mean over all pixels.
///
/// | field | offset |
/// | --- | --- |
/// | lo, hi | 0, 4, int32 |
/// | reserved | 8, zeros |
/// | mean entry | 64 |
public struct GlobalAveragePoolParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.globalAveragePool

  /// The bounds of the mean.
  public var clamp: OutputClamp

  /// Makes parameters.
  public init(clamp: OutputClamp = OutputClamp()) {
    self.clamp = clamp
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    clamp = try OutputClamp(&decoder)
  }

  func encode(into encoder: inout RecordEncoder) {
    clamp.encode(into: &encoder)
  }
}
