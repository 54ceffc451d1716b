/// Every output is a weighted sum of all elements of the input.
///
/// | field | offset |
/// | --- | --- |
/// | epilogue | 0, 16 bytes |
/// | weights offset | 16, uint64 |
/// | reserved | 24, zeros |
/// | channel blocks | 64 |
public struct FullyConnectedParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.fullyConnected

  /// How sums become int8: not by `.add`.
  public var epilogue: Epilogue
  /// From the start of the weights section, a multiple of 64.
  public var weightsOffset: UInt64

  /// Makes the parameters of a layer with these packed weights.
  public init(epilogue: Epilogue, weights: WeightArray) {
    self.epilogue = epilogue
    weightsOffset = weights.offset
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    epilogue = try Epilogue(&decoder)
    weightsOffset = decoder.uint64()
  }

  func encode(into encoder: inout RecordEncoder) {
    epilogue.encode(into: &encoder)
    encoder.append(weightsOffset)
  }
}
