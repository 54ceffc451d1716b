import SwiftletRuntime

/// Encodes the 256-byte channel blocks of the bundle (README.md, "Bundle").
struct ChannelBlocks {
  /// What the block says of a channel's output.
  struct Output {
    var lo: Int
    var hi: Int
    var zeroPoint: Int
    /// m₂ of h-swish, else 0.
    var swishMultiplier: Int
  }

  private(set) var bytes: [UInt8] = []

  /// Appends ⌈channels/16⌉ blocks; `output` is asked by the index in `channels`.
  mutating func append(_ channels: [QuantizedChannel], output: (Int) -> Output) {
    for start in stride(from: 0, to: channels.count, by: Packing.block) {
      let end = min(start + Packing.block, channels.count)
      append(block: channels[start..<end], outputs: (start..<end).map(output))
    }
  }

  private mutating func append(block channels: ArraySlice<QuantizedChannel>, outputs: [Output]) {
    var block = [UInt8](repeating: 0, count: BundleLayout.channelBlockLength)
    func store<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
      withUnsafeBytes(of: value.littleEndian) { source in
        for (index, byte) in source.enumerated() { block[offset + index] = byte }
      }
    }
    for (lane, (channel, output)) in zip(channels, outputs).enumerated() {
      let sum = channel.weights.reduce(0) { $0 + Int($1) }
      store(Int32(channel.bias), at: 4 * lane)
      store(Int32(128 * sum), at: 64 + 4 * lane)
      store(Int16(channel.requantizer.multiplier), at: 128 + 2 * lane)
      store(Int16(output.swishMultiplier), at: 160 + 2 * lane)
      store(Int8(channel.requantizer.shift), at: 192 + lane)
      store(Int8(output.lo), at: 208 + lane)
      store(Int8(output.hi), at: 224 + lane)
      store(Int8(output.zeroPoint), at: 240 + lane)
    }
    bytes += block
  }
}
