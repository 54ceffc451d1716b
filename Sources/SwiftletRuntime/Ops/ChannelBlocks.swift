/// Verified channel blocks: the per-channel constants of a multiply-accumulate operation.
///
/// | field | offset in a block | range |
/// | --- | --- | --- |
/// | bias | 0, int32 × 16 | any |
/// | 128·Σw | 64, int32 × 16 | any; `verifyContents` compares it with the weights |
/// | m | 128, int16 × 16 | 2¹⁴ to 2¹⁵ − 1 |
/// | m₂ | 160, int16 × 16 | h-swish: 1 to 2¹⁵ − 1, else 0 |
/// | s | 192, int8 × 16 | −7 to 24 |
/// | lo, hi | 208, 224, int8 × 16 | lo ≤ hi |
/// | zero point | 240, int8 × 16 | h-swish: the output's |
///
/// Places past the last channel hold zeros everywhere.
struct ChannelBlocks: Sendable {
  let bytes: ByteView
  let packing: PackedWeights

  init(
    _ reader: OperationReader, _ packing: PackedWeights, _ epilogue: Epilogue
  ) throws(BundleError) {
    let (length, overflow) = packing.blockCount.multipliedReportingOverflow(
      by: BundleLayout.channelBlockLength)
    try reader.check.require(
      !overflow, "channels", packing.channels, "channel blocks within the parameters section")
    bytes = try reader.parameters(length)
    self.packing = packing
    for block in 0..<packing.blockCount {
      let real = packing.channelCount(inBlock: block)
      for lane in 0..<real { try checkChannel(reader, block, lane, epilogue) }
      for lane in real..<16 { try checkPadding(reader, block, lane) }
    }
  }

  func bias(_ block: Int, _ lane: Int) -> Int {
    Int(bytes.load(Int32.self, at: block * 256 + lane * 4))
  }

  func weightSum128(_ block: Int, _ lane: Int) -> Int {
    Int(bytes.load(Int32.self, at: block * 256 + 64 + lane * 4))
  }

  private func multiplier(_ block: Int, _ lane: Int) -> Int {
    Int(bytes.load(Int16.self, at: block * 256 + 128 + lane * 2))
  }

  private func swishMultiplier(_ block: Int, _ lane: Int) -> Int {
    Int(bytes.load(Int16.self, at: block * 256 + 160 + lane * 2))
  }

  private func byte(_ block: Int, _ offset: Int, _ lane: Int) -> Int {
    Int(bytes.load(Int8.self, at: block * 256 + offset + lane))
  }

  /// The output channel of a lane.
  func channel(_ block: Int, _ lane: Int) -> Int {
    let group = block / packing.blocksPerGroup
    return group * packing.channels + block % packing.blocksPerGroup * 16 + lane
  }

  private func checkChannel(
    _ reader: OperationReader, _ block: Int, _ lane: Int, _ epilogue: Epilogue
  ) throws(BundleError) {
    let channel = channel(block, lane)
    func require(
      _ condition: Bool, _ field: StaticString, _ found: Int, _ expected: StaticString
    ) throws(BundleError) {
      if !condition {
        throw .channel(
          operation: reader.check.index, channel: channel, field: field, found: found,
          expected: expected)
      }
    }
    let multiplier = multiplier(block, lane)
    try require(multiplier >= 1 << 14, "multiplier", multiplier, "2¹⁴ to 2¹⁵ − 1")
    let shift = byte(block, 192, lane)
    try require(shift >= -7 && shift <= 24, "shift", shift, "−7 to 24")
    let (lo, hi) = (byte(block, 208, lane), byte(block, 224, lane))
    try require(lo <= hi, "lo", lo, "at most hi")
    let swishMultiplier = swishMultiplier(block, lane)
    switch epilogue {
    case .hardSwish:
      try require(swishMultiplier >= 1, "h-swish multiplier", swishMultiplier, "1 to 2¹⁵ − 1")
      let zeroPoint = byte(block, 240, lane)
      try require(
        zeroPoint == reader.zeroPoint(reader.outputTensor, channel: channel), "zero point",
        zeroPoint, "the output tensor's zero point")
    case .requantize, .add:
      try require(
        swishMultiplier == 0, "h-swish multiplier", swishMultiplier, "0 without h-swish")
    }
  }

  private func checkPadding(
    _ reader: OperationReader, _ block: Int, _ lane: Int
  ) throws(BundleError) {
    let isZero =
      bias(block, lane) == 0 && weightSum128(block, lane) == 0 && multiplier(block, lane) == 0
      && swishMultiplier(block, lane) == 0 && byte(block, 192, lane) == 0
      && byte(block, 208, lane) == 0 && byte(block, 224, lane) == 0 && byte(block, 240, lane) == 0
    if !isZero {
      throw .channel(
        operation: reader.check.index, channel: channel(block, lane), field: "padding", found: 1,
        expected: "zeros past the last channel")
    }
  }
}
