/// The element type of a tensor.
public enum ElementType: UInt32, Sendable, CaseIterable {
  case int8 = 1
  /// Foreseen; this runtime refuses it.
  case int16 = 2

  /// Bytes of an element.
  public var byteCount: Int {
    switch self {
    case .int8: return 1
    case .int16: return 2
    }
  }
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
    var encoder = RecordEncoder()
    encoder.append(type)
    encoder.append(height)
    encoder.append(width)
    encoder.append(channels)
    encoder.append(quantizationIndex)
    encoder.append(quantizationCount)
    encoder.append(name)
    encoder.append(source)
    encoder.pad(toMultipleOf: BundleLayout.tensorRecordLength)
    return encoder.bytes
  }
}
