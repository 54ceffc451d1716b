extension StepBuilder {
  /// Adds the chain of the current operations, with its buffers from `scratch` on.
  mutating func addRowChain(_ chain: RowChain, scratch: Int?) {
    guard let scratch else { preconditionFailure("the plan's check has found all buffers") }
    let count = operations.count
    var links: [RowChainLink] = []
    links.reserveCapacity(chain.parts * count)
    for part in 0..<chain.parts {
      var source = input(model.operations[operations.lowerBound].operands[0])
      for index in 0..<count {
        let operation = model.operations[operations.lowerBound + index]
        let destination: UnsafeMutablePointer<Int8>
        if index < count - 1 {
          let (buffer, start) = (chain.buffers[index], scratch + part * chain.partStep)
          destination = Self.start(arena.bytes(start + buffer.offset, buffer.count))
        } else {
          destination = output(operation.output)
        }
        links.append(
          RowChainLink(call: operation.rowCall(self), input: source, output: destination))
        source = UnsafePointer(destination)
      }
    }
    let step = RowChainStep(links, count: count, stripRows: chain.stripRows)
    let rows = tensor(model.operations[operations.upperBound - 1].output).height
    append(units: rows, parts: chain.parts) { step.run($0, part: $1) }
  }

  /// Adds the chain of the current operations, with its buffers from `scratch` on.
  mutating func addChannelChain(_ chain: ChannelChain, scratch: Int?) {
    guard let scratch else { preconditionFailure("the plan's check has found all buffers") }
    let count = operations.count
    var links: [ChannelChainLink] = []
    links.reserveCapacity(chain.parts * count)
    for part in 0..<chain.parts {
      var source = input(model.operations[operations.lowerBound].operands[0])
      var isWhole = true
      for index in 0..<count {
        let operation = model.operations[operations.lowerBound + index]
        let buffer = index < count - 1 ? chain.buffers[index] : nil
        let destination: UnsafeMutablePointer<Int8>
        if let buffer {
          let start = scratch + part * chain.partStep
          destination = Self.start(arena.bytes(start + buffer.offset, buffer.count))
        } else {
          destination = output(operation.output)
        }
        links.append(
          ChannelChainLink(
            call: operation.channelCall(self), channels: tensor(operation.output).channels,
            readsWhole: isWhole, writesWhole: buffer == nil, input: source, output: destination))
        source = UnsafePointer(destination)
        isWhole = buffer == nil
      }
    }
    let step = ChannelChainStep(links, count: count, blocks: chain.blocks)
    let blocks = tensor(model.operations[operations.lowerBound].output).channelBlocks
    append(units: blocks, parts: chain.parts) { step.run($0, part: $1) }
  }
}
