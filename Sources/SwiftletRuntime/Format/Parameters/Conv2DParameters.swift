/// A convolution of any kernel, stride, dilation, padding and grouping.
///
/// | field | offset |
/// | --- | --- |
/// | window | 0, 40 bytes |
/// | epilogue | 40, 16 bytes |
/// | weights offset | 56, uint64 |
/// | groups | 64, uint32 |
/// | reserved | 68, zeros |
/// | channel blocks | 128 |
public struct Conv2DParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.conv2D
  static let length = 128

  /// The window.
  public var window: Window
  /// How sums become int8; with `.add` the second operand is of the output's shape.
  public var epilogue: Epilogue
  /// From the start of the weights section, a multiple of 64.
  public var weightsOffset: UInt64
  /// A divisor of the input's and of the output's channels.
  public var groups: Int

  /// Makes the parameters of a convolution with these packed weights.
  public init(window: Window, epilogue: Epilogue, weights: WeightArray) {
    self.window = window
    self.epilogue = epilogue
    weightsOffset = weights.offset
    groups = weights.layout.groups
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    window = try Window(&decoder, dilated: true)
    epilogue = try Epilogue(&decoder)
    weightsOffset = decoder.uint64()
    groups = try decoder.count(
      "groups", 1...BundleLayout.maximumDimension,
      "a divisor of the input's and of the output's channels")
  }

  func encode(into encoder: inout RecordEncoder) {
    window.encode(into: &encoder, dilated: true)
    epilogue.encode(into: &encoder)
    encoder.append(weightsOffset)
    encoder.appendUInt32(groups)
  }
}
