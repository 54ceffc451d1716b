extension Model {
  /// Checks what running safely does not depend on, but right results do: the weights' digest,
  /// that no sum can reach 2³⁰, that 128·Σw agrees with the weights, that no weight is −128 and
  /// that padding among the weights is zero.
  public func verifyContents() throws(BundleError) {
    if !BundleReader.weightsDigestMatches(file, weights: reader.section(.weights)) {
      throw .digestMismatch(.weights)
    }
    for (index, operation) in zip(0..<operations.count, operations) {
      guard let weights = operation.weights else { continue }
      for block in 0..<weights.blocks.layout.blockCount {
        try Self.verify(block, of: weights.bytes, weights.blocks, operation: index)
      }
    }
  }

  /// Checks the weights of one block of 16 channels.
  private static func verify(
    _ block: Int, of weights: ByteView, _ blocks: ChannelBlocks, operation: Int
  ) throws(BundleError) {
    let layout = blocks.layout
    let real = layout.channelCount(inBlock: block)
    let start = block * layout.blockLength
    // Σ of the positive and of the negative weights of each channel.
    var positive = [Int64](repeating: 0, count: BundleLayout.channelsPerBlock)
    var negative = [Int64](repeating: 0, count: BundleLayout.channelsPerBlock)
    for offset in start..<(start + layout.blockLength) {
      let weight = Int(Int8(bitPattern: weights[offset]))
      if weight == 0 { continue }
      let (lane, isWeight) = layout.content(ofBlock: block, at: offset - start)
      if !isWeight || weight == -128 {
        throw .weight(
          operation: operation, offset: offset, found: weight,
          expected: isWeight ? "−127 to 127" : "0 in padding")
      }
      if weight > 0 { positive[lane] += Int64(weight) } else { negative[lane] += Int64(weight) }
    }
    for lane in 0..<real {
      let channel = layout.channel(block: block, lane: lane)
      let constants = blocks.constants(block, lane)
      let sum = 128 * (positive[lane] + negative[lane])
      let stated = constants.weightSum128
      if Int64(stated) != sum {
        throw .channel(
          operation: operation, channel: channel, field: "128·Σw", found: stated,
          expected: "128 times the sum of the weights")
      }
      // Inputs are −128…127.
      let bias = Int64(constants.bias)
      let largest = bias + 127 * positive[lane] - 128 * negative[lane]
      let smallest = bias - 128 * positive[lane] + 127 * negative[lane]
      let bound = max(largest, -smallest)
      if bound >= 1 << 30 {
        throw .accumulator(operation: operation, channel: channel, bound: bound)
      }
    }
  }
}
