/// A convolution of each channel with a kernel of its own.
///
/// | field | offset |
/// | --- | --- |
/// | window | 0, 40 bytes |
/// | epilogue | 40, 16 bytes |
/// | weights offset | 56, uint64 |
/// | channel blocks | 64 |
public struct DepthwiseConv2DParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.depthwiseConv2D

  /// The window.
  public var window: Window
  /// How sums become int8: not by `.add`.
  public var epilogue: Epilogue
  /// From the start of the weights section, a multiple of 64.
  public var weightsOffset: UInt64

  /// Makes the parameters of a depthwise convolution with these packed weights.
  public init(window: Window, epilogue: Epilogue, weights: WeightArray) {
    self.window = window
    self.epilogue = epilogue
    weightsOffset = weights.offset
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    window = try Window(&decoder, dilated: true)
    epilogue = try Epilogue(&decoder)
    weightsOffset = decoder.uint64()
  }

  func encode(into encoder: inout RecordEncoder) {
    window.encode(into: &encoder, dilated: true)
    epilogue.encode(into: &encoder)
    encoder.append(weightsOffset)
  }
}
