/// Chains of channels: operations that are computed for some channel blocks at a time.
extension ChainFinder {
  /// Calls `offer` with the chains that begin with operation `begin` and are good: the operation
  /// after the last, and the chain.
  func offerChannelChains(from begin: Int, _ offer: (Int, ChannelChain) -> Void) {
    let first = tensors[operations[begin].output]
    if first.byteCount < options.smallestByChannels { return }
    var work = operations[begin].work
    for end in begin + 2...begin + options.longestChain where end <= operations.count {
      work += operations[end - 1].work
      let parts = StepBuilder.parts(
        threads: options.threads, units: first.channelBlocks, work: work)
      let chain = channelChain(begin..<end, blocks: options.channelBlocks, parts: parts)
      if let chain, chain.partLength <= options.channelBufferLength { offer(end, chain) }
    }
  }

  /// The operations as a chain of `blocks` channel blocks at a time, in `parts` parts; nil when they
  /// cannot be one.
  func channelChain(_ range: Range<Int>, blocks: Int, parts: Int) -> ChannelChain? {
    guard range.count > 1, case .first = operations[range.lowerBound].channels else { return nil }
    var buffers: [ChannelBuffer?] = []
    var length = 0
    for index in range.dropFirst() {
      let tensor = operations[index - 1].output
      guard operations[index].operands == [tensor] else { return nil }
      let isMean: Bool
      switch operations[index].channels {
      case .same: isMean = false
      case .last: isMean = true
      case .all, .first: return nil
      }
      if isMean && index < range.upperBound - 1 { return nil }
      if readers[tensor] > 1 {
        // A mean reads its channels from the whole tensor as well as from a buffer.
        if !isMean { return nil }
        buffers.append(nil)
        continue
      }
      let shape = tensors[tensor]
      let count = shape.pixels * min(blocks * BundleLayout.channelsPerBlock, shape.channels)
      buffers.append(ChannelBuffer(offset: length, count: count))
      length += MemoryPlan.slotLength(count)
    }
    return ChannelChain(blocks: blocks, parts: parts, buffers: buffers, partLength: length)
  }
}
