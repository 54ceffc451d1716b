/// The element type of a tensor.
public enum ElementType: UInt32, Sendable {
  case int8 = 1
}

/// One activation tensor, NHWC, batch 1. 64 bytes; bytes from 40 on are zero.
public struct TensorRecord: Equatable, Sendable {
  /// The raw value of an `ElementType`.
  public var type: UInt32
  /// Rows.
  public var height: UInt32
  /// Columns.
  public var width: UInt32
  /// Channels, side by side in memory.
  public var channels: UInt32
  /// The first of `quantizationCount` quantization records: 1, or one per channel.
  public var quantizationIndex: UInt32
  /// 1, or one for each channel.
  public var quantizationCount: UInt32
  /// Unique in the bundle.
  public var name: StringRange
  /// The float graph's layer whose result this tensor holds.
  public var source: StringRange

  /// Makes a record.
  public init(
    type: ElementType = .int8, height: UInt32, width: UInt32, channels: UInt32,
    quantizationIndex: UInt32, quantizationCount: UInt32, name: StringRange, source: StringRange
  ) {
    self.type = type.rawValue
    self.height = height
    self.width = width
    self.channels = channels
    self.quantizationIndex = quantizationIndex
    self.quantizationCount = quantizationCount
    self.name = name
    self.source = source
  }

  init(_ view: ByteView, at offset: Int) {
    type = view.load(UInt32.self, at: offset)
    height = view.load(UInt32.self, at: offset + 4)
    width = view.load(UInt32.self, at: offset + 8)
    channels = view.load(UInt32.self, at: offset + 12)
    quantizationIndex = view.load(UInt32.self, at: offset + 16)
    quantizationCount = view.load(UInt32.self, at: offset + 20)
    name = StringRange(view, at: offset + 24)
    source = StringRange(view, at: offset + 32)
  }

  /// The 64 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder(length: BundleLayout.tensorRecordLength)
    encoder.store(type, at: 0)
    encoder.store(height, at: 4)
    encoder.store(width, at: 8)
    encoder.store(channels, at: 12)
    encoder.store(quantizationIndex, at: 16)
    encoder.store(quantizationCount, at: 20)
    name.store(in: &encoder, at: 24)
    source.store(in: &encoder, at: 32)
    return encoder.bytes
  }
}
