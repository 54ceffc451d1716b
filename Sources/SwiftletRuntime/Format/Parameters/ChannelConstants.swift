/// The constants of one output channel of a multiply-accumulate operation.
///
/// They stand in the file in blocks of 16 channels, 256 bytes each, field by field:
///
/// | field | offset in a block | range |
/// | --- | --- | --- |
/// | bias | 0, int32 × 16 | any |
/// | 128·Σw | 64, int32 × 16 | any; `verifyContents` compares it with the weights |
/// | m | 128, int16 × 16 | 2¹⁴ to 2¹⁵ − 1 |
/// | m₂ | 160, int16 × 16 | h-swish and curves: 1 to 2¹⁵ − 1, else 0 |
/// | s | 192, int8 × 16 | −7 to 24 |
/// | lo, hi | 208, 224, int8 × 16 | lo ≤ hi |
/// | zero point | 240, int8 × 16 | h-swish and curves: the output's |
///
/// Places past the last channel hold zeros everywhere.
public struct ChannelConstants: Equatable, Sendable {
  /// Zero points and rounding halves folded in.
  public var bias: Int
  /// 128 times the sum of the channel's weights, for kernels that use unsigned activations.
  public var weightSum128: Int
  /// m.
  public var multiplier: Int
  /// m₂ of h-swish and curves, else 0.
  public var secondMultiplier: Int
  /// s.
  public var shift: Int
  /// The least output value.
  public var lo: Int
  /// The greatest output value.
  public var hi: Int
  /// The output's zero point.
  public var zeroPoint: Int

  /// Makes constants; `weightSum` is Σw.
  public init(
    bias: Int, weightSum: Int, multiplier: Int, secondMultiplier: Int = 0, shift: Int,
    lo: Int = -128, hi: Int = 127, zeroPoint: Int = 0
  ) {
    self.bias = bias
    weightSum128 = 128 * weightSum
    self.multiplier = multiplier
    self.secondMultiplier = secondMultiplier
    self.shift = shift
    self.lo = lo
    self.hi = hi
    self.zeroPoint = zeroPoint
  }

  /// What stands past the last channel.
  static let padding = ChannelConstants(
    bias: 0, weightSum: 0, multiplier: 0, shift: 0, lo: 0, hi: 0)

  /// Reads the constants of one of the channels of the block that starts at `block`.
  init(_ view: borrowing ByteView, block: Int, lane: Int) {
    precondition(lane >= 0 && lane < BundleLayout.channelsPerBlock)
    let bytes = view.address(of: BundleLayout.channelBlockLength, at: block)
    func load<Value: FixedWidthInteger>(_ type: Value.Type, _ field: Int) -> Int {
      let offset = field + lane * MemoryLayout<Value>.size
      return Int(Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)))
    }
    bias = load(Int32.self, 0)
    weightSum128 = load(Int32.self, 64)
    multiplier = load(Int16.self, 128)
    secondMultiplier = load(Int16.self, 160)
    shift = load(Int8.self, 192)
    lo = load(Int8.self, 208)
    hi = load(Int8.self, 224)
    zeroPoint = load(Int8.self, 240)
  }

  /// A block of at most 16 channels as it stands in the file.
  static func encode(
    block channels: ArraySlice<ChannelConstants>, into encoder: inout RecordEncoder
  ) {
    let missing = BundleLayout.channelsPerBlock - channels.count
    let block = channels + [ChannelConstants](repeating: .padding, count: missing)
    for channel in block { encoder.append(Int32(channel.bias)) }
    for channel in block { encoder.append(Int32(channel.weightSum128)) }
    for channel in block { encoder.append(Int16(channel.multiplier)) }
    for channel in block { encoder.append(Int16(channel.secondMultiplier)) }
    for channel in block { encoder.append(Int8(channel.shift)) }
    for channel in block { encoder.append(Int8(channel.lo)) }
    for channel in block { encoder.append(Int8(channel.hi)) }
    for channel in block { encoder.append(Int8(channel.zeroPoint)) }
  }

  /// The blocks of all channels; each of the `groups` begins a new block.
  static func encode(_ channels: [ChannelConstants], groups: Int) -> [UInt8] {
    precondition(groups >= 1 && channels.count % groups == 0, "groups of equal size")
    var encoder = RecordEncoder()
    let perGroup = channels.count / groups
    for group in 0..<groups {
      let (first, end) = (group * perGroup, (group + 1) * perGroup)
      for start in stride(from: first, to: end, by: BundleLayout.channelsPerBlock) {
        encode(
          block: channels[start..<min(start + BundleLayout.channelsPerBlock, end)],
          into: &encoder)
      }
    }
    return encoder.bytes
  }
}
