/// Chains of channels: operations that are computed for some channel blocks at a time.
extension ChainFinder {
  /// Calls `offer` with the chains that begin with operation `begin` and are good: the operation
  /// after the last, and the chain.
  func offerChannelChains(from begin: Int, _ offer: (Int, ChannelChain) -> Void) {
    for end in begin + 2..<begin + 4 where end <= operations.count {
      let channels = tensors[operations[begin].output].channels
      var work = 0
      for operation in operations[begin..<end] { work += operation.work(tensors) }
      let parts = StepBuilder.parts(
        threads: options.threads, units: (channels + 15) / 16, work: work)
      guard let chain = channelChain(begin..<end, blocks: options.channelBlocks, parts: parts),
        chain.partLength <= options.channelBufferLength
      else { continue }
      offer(end, chain)
    }
  }

  /// The operations as a chain of `blocks` channel blocks at a time, in `parts` parts; nil when they
  /// cannot be one.
  func channelChain(_ range: Range<Int>, blocks: Int, parts: Int) -> ChannelChain? {
    guard range.count > 1, canBeginChannels(operations[range.lowerBound]) else { return nil }
    var buffers: [ChannelBuffer?] = []
    var length = 0
    for index in range.dropFirst() {
      let tensor = operations[index - 1].output
      guard operations[index].operands == [tensor] else { return nil }
      let isDepthwise: Bool
      switch operations[index].operation {
      case .depthwiseConv2D: isDepthwise = true
      case .globalAveragePool where index == range.upperBound - 1: isDepthwise = false
      case .conv2D, .fullyConnected, .add, .multiply, .averagePool, .maxPool, .globalAveragePool,
        .concat, .lookup:
        return nil
      }
      if readers[tensor] > 1 {
        // A mean reads its channels from the whole tensor as well as from a buffer.
        if isDepthwise { return nil }
        buffers.append(nil)
        continue
      }
      let shape = tensors[tensor]
      let count = shape.pixels * min(blocks * 16, shape.channels)
      buffers.append(ChannelBuffer(offset: length, count: count))
      length += MemoryPlan.slotLength(count)
    }
    return ChannelChain(blocks: blocks, parts: parts, buffers: buffers, partLength: length)
  }

  /// Whether the operation computes each output channel from all inputs, and adds nothing.
  private func canBeginChannels(_ verified: VerifiedOperation) -> Bool {
    switch verified.operation {
    case .conv2D(let operation): return operation.groups == 1 && verified.operands.count == 1
    case .depthwiseConv2D, .fullyConnected, .add, .multiply, .averagePool, .maxPool,
      .globalAveragePool, .concat, .lookup:
      return false
    }
  }
}
