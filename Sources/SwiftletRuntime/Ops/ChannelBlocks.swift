internal import CSwiftletKernels

/// The verified constants of all output channels of a multiply-accumulate operation, in the blocks of
/// `ChannelConstants`.
struct ChannelBlocks: Sendable {
  private let bytes: ByteView
  let layout: WeightLayout
  private let hasCurve: Bool

  /// Reads the blocks behind the fixed fields of `type`.
  init<Parameters: OperationParameters>(
    _ reader: OperationReader, of type: Parameters.Type, _ layout: WeightLayout,
    _ epilogue: EpilogueKind
  ) throws(BundleError) {
    let (length, overflow) = layout.blockCount.multipliedReportingOverflow(
      by: BundleLayout.channelBlockLength)
    try reader.check.require(
      !overflow, "channels", layout.channels, "channel blocks within the parameters section")
    hasCurve = epilogue == .curve
    let all = length.addingReportingOverflow(hasCurve ? CurveSegments.length : 0)
    try reader.check.require(
      !all.overflow, "channels", layout.channels, "channel blocks within the parameters section")
    bytes = try reader.arrays(of: type, length: all.partialValue)
    if hasCurve { try CurveSegments.check(bytes, at: length, reader.check) }
    self.layout = layout
    for block in 0..<layout.blockCount {
      let real = layout.channelCount(inBlock: block)
      let first = layout.channel(block: block, lane: 0)
      for lane in 0..<BundleLayout.channelsPerBlock {
        let constants = constants(block, lane)
        let channel = first + lane
        if lane < real {
          try Self.check(constants, reader, channel, epilogue)
        } else if constants != .padding {
          throw .channel(
            operation: reader.check.index, channel: channel, field: "padding", found: 1,
            expected: "zeros past the last channel")
        }
      }
    }
  }

  func constants(_ block: Int, _ lane: Int) -> ChannelConstants {
    ChannelConstants(bytes, block: block * BundleLayout.channelBlockLength, lane: lane)
  }

  /// The address of the first block.
  var pointer: UnsafePointer<SwlChannelBlock> {
    bytes.base.assumingMemoryBound(to: SwlChannelBlock.self)
  }

  /// The address of the curve behind the blocks, where there is one.
  var curve: UnsafePointer<SwlCurve>? {
    guard hasCurve else { return nil }
    return (bytes.base + layout.blockCount * BundleLayout.channelBlockLength)
      .assumingMemoryBound(to: SwlCurve.self)
  }

  private static func check(
    _ constants: ChannelConstants, _ reader: OperationReader, _ channel: Int,
    _ epilogue: EpilogueKind
  ) throws(BundleError) {
    func require(
      _ condition: Bool, _ field: StaticString, _ found: Int, _ expected: StaticString
    ) throws(BundleError) {
      if !condition {
        throw .channel(
          operation: reader.check.index, channel: channel, field: field, found: found,
          expected: expected)
      }
    }
    let multiplier = constants.multiplier
    try require(multiplier >= 1 << 14, "multiplier", multiplier, "2¹⁴ to 2¹⁵ − 1")
    let shift = constants.shift
    try require(shift >= -7 && shift <= 24, "shift", shift, "−7 to 24")
    try require(constants.lo <= constants.hi, "lo", constants.lo, "at most hi")
    let secondMultiplier = constants.secondMultiplier
    switch epilogue {
    case .hardSwish, .curve:
      try require(secondMultiplier >= 1, "second multiplier", secondMultiplier, "1 to 2¹⁵ − 1")
      let zeroPoint = constants.zeroPoint
      try require(
        zeroPoint == reader.zeroPoint(reader.outputTensor, channel: channel), "zero point",
        zeroPoint, "the output tensor's zero point")
    case .requantize, .add:
      try require(
        secondMultiplier == 0, "second multiplier", secondMultiplier,
        "0 without h-swish or a curve")
    }
  }
}
