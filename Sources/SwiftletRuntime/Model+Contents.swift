extension Model {
  /// Checks what running safely does not depend on, but right results do: the weights' digest,
  /// that no sum can reach 2³⁰, that 128·Σw agrees with the weights, that no weight is −128 and
  /// that padding among the weights is zero.
  public func verifyContents() throws(BundleError) {
    if !BundleReader.weightsDigestMatches(file, weights: reader.section(.weights)) {
      throw .digestMismatch(.weights)
    }
    for (index, verified) in zip(0..<operations.count, operations) {
      guard let weights = verified.operation.weights else { continue }
      for block in 0..<weights.blocks.packing.blockCount {
        try Self.verify(block, of: weights.bytes, weights.blocks, operation: index)
      }
    }
  }

  /// Checks the weights of one block of 16 channels.
  private static func verify(
    _ block: Int, of weights: ByteView, _ blocks: ChannelBlocks, operation: Int
  ) throws(BundleError) {
    let packing = blocks.packing
    let real = packing.channelCount(inBlock: block)
    let start = block * packing.blockLength
    let runStride = CheckedArithmetic.roundUp(packing.runLength, to: 4) * 16
    // Σ of the positive and of the negative weights of each channel.
    var positive = [Int64](repeating: 0, count: 16)
    var negative = [Int64](repeating: 0, count: 16)
    for offset in start..<(start + packing.blockLength) {
      let weight = Int(Int8(bitPattern: weights[offset]))
      if weight == 0 { continue }
      let place = (offset - start) % runStride
      let lane = place % 64 / 4
      let isPadding = lane >= real || place / 64 * 4 + place % 4 >= packing.runLength
      if isPadding || weight == -128 {
        throw .weight(
          operation: operation, offset: offset, found: weight,
          expected: isPadding ? "0 in padding" : "−127 to 127")
      }
      if weight > 0 { positive[lane] += Int64(weight) } else { negative[lane] += Int64(weight) }
    }
    for lane in 0..<real {
      let channel = blocks.channel(block, lane)
      let sum = 128 * (positive[lane] + negative[lane])
      let stated = blocks.weightSum128(block, lane)
      if Int64(stated) != sum {
        throw .channel(
          operation: operation, channel: channel, field: "128·Σw", found: stated,
          expected: "128 times the sum of the weights")
      }
      // Inputs are −128…127.
      let bias = Int64(blocks.bias(block, lane))
      let largest = bias + 127 * positive[lane] - 128 * negative[lane]
      let smallest = bias - 128 * positive[lane] + 127 * negative[lane]
      let bound = max(largest, -smallest)
      if bound >= 1 << 30 {
        throw .accumulator(operation: operation, channel: channel, bound: bound)
      }
    }
  }
}
