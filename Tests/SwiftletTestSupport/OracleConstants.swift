/// The constants of one output channel.
public struct OracleConstants: Sendable {
  /// The accumulator's start.
  public var bias: Int
  /// The sum of the channel's weights.
  public var weightSum: Int
  /// m.
  public var multiplier: Int
  /// m₂ of h-swish and curves, else 0.
  public var secondMultiplier: Int
  /// s.
  public var shift: Int
  /// The least output.
  public var lo: Int
  /// The greatest output.
  public var hi: Int
  /// The output's zero point.
  public var zeroPoint: Int

  /// Constants that leave the sum about as it is.
  public init(
    bias: Int = 0, weightSum: Int = 0, multiplier: Int = 16384, secondMultiplier: Int = 0,
    shift: Int = 0, lo: Int = -128, hi: Int = 127, zeroPoint: Int = 0
  ) {
    self.bias = bias
    self.weightSum = weightSum
    self.multiplier = multiplier
    self.secondMultiplier = secondMultiplier
    self.shift = shift
    self.lo = lo
    self.hi = hi
    self.zeroPoint = zeroPoint
  }

  /// Constants of moderate size, with a narrow clamp.
  public static func random(
    _ generator: inout SplitMix64, hasSecond: Bool
  ) -> OracleConstants {
    let bias = Int.random(in: -20_000...20_000, using: &generator)
    let multiplier = Int.random(in: 16384...32767, using: &generator)
    let shift = Int.random(in: -2...3, using: &generator)
    let lo = Int.random(in: -128 ... -60, using: &generator)
    let hi = Int.random(in: 60...127, using: &generator)
    let second = hasSecond ? Int.random(in: 16384...32767, using: &generator) : 0
    return OracleConstants(
      bias: bias, multiplier: multiplier, secondMultiplier: second, shift: shift, lo: lo, hi: hi)
  }
}

/// The bytes of the channel blocks: per group, channels in blocks of 16, 256 bytes a block.
public func packChannelBlocks(_ channels: [OracleConstants], groups: Int) -> [UInt8] {
  let perGroup = channels.count / groups
  let blocks = (perGroup + 15) / 16
  var bytes = [UInt8](repeating: 0, count: groups * blocks * 256)
  bytes.withUnsafeMutableBytes { raw in
    for (index, c) in channels.enumerated() {
      let (group, n) = index.quotientAndRemainder(dividingBy: perGroup)
      let block = (group * blocks + n / 16) * 256
      let i = n % 16
      raw.storeBytes(of: Int32(c.bias), toByteOffset: block + 4 * i, as: Int32.self)
      raw.storeBytes(
        of: Int32(truncatingIfNeeded: 128 * c.weightSum), toByteOffset: block + 64 + 4 * i,
        as: Int32.self)
      raw.storeBytes(of: Int16(c.multiplier), toByteOffset: block + 128 + 2 * i, as: Int16.self)
      raw.storeBytes(
        of: Int16(c.secondMultiplier), toByteOffset: block + 160 + 2 * i, as: Int16.self)
      raw.storeBytes(of: Int8(c.shift), toByteOffset: block + 192 + i, as: Int8.self)
      raw.storeBytes(of: Int8(c.lo), toByteOffset: block + 208 + i, as: Int8.self)
      raw.storeBytes(of: Int8(c.hi), toByteOffset: block + 224 + i, as: Int8.self)
      raw.storeBytes(of: Int8(c.zeroPoint), toByteOffset: block + 240 + i, as: Int8.self)
    }
  }
  return bytes
}
