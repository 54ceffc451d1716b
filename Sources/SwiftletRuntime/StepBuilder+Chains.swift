internal import CSwiftletKernels

extension StepBuilder {
  /// Adds the chain of the current operations, with its buffers from `scratch` on.
  mutating func addRowChain(_ chain: RowChain, scratch: Int?) {
    guard let scratch else { preconditionFailure("the plan's check has found all buffers") }
    let count = operations.count
    let links = UnsafeMutablePointer<RowChainLink>.allocate(capacity: chain.parts * count)
    for part in 0..<chain.parts {
      var source = input(model.operations[operations.lowerBound].operands[0])
      for index in 0..<count {
        let verified = model.operations[operations.lowerBound + index]
        var destination: UnsafeMutablePointer<Int8>
        if index < count - 1 {
          let (buffer, start) = (chain.buffers[index], scratch + part * chain.partLength)
          destination = Self.start(arena.bytes(start + buffer.offset, buffer.count))
        } else {
          destination = output(verified.output)
        }
        (links + part * count + index).initialize(
          to: rowLink(verified, from: source, to: destination))
        source = UnsafePointer(destination)
      }
    }
    let step = RowChainStep(links: links, count: count, stripRows: Int32(chain.stripRows))
    let rows = model.tensors[model.operations[operations.upperBound - 1].output].height
    append(.rowChain(step), units: rows, parts: chain.parts)
  }

  private func rowLink(
    _ verified: VerifiedOperation, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> RowChainLink {
    switch verified.operation {
    case .conv2D(let operation):
      return RowChainLink(operation.step(self, from: source, to: destination))
    case .depthwiseConv2D(let operation):
      return RowChainLink(operation.step(self, from: source, to: destination))
    case .multiply(let operation):
      let step = operation.step(self, from: source, to: destination)
      return RowChainLink(.multiply(step), tensor(verified.output))
    case .lookup(let operation):
      let step = operation.step(self, from: source, to: destination)
      return RowChainLink(.lookup(step), tensor(verified.output))
    case .fullyConnected, .add, .averagePool, .maxPool, .globalAveragePool, .copy:
      preconditionFailure("the schedule's check has found operations that have rows")
    }
  }

  /// Adds the chain of the current operations, with its buffers from `scratch` on.
  mutating func addChannelChain(_ chain: ChannelChain, scratch: Int?) {
    guard let scratch else { preconditionFailure("the plan's check has found all buffers") }
    let count = operations.count
    let links = UnsafeMutablePointer<ChannelChainLink>.allocate(capacity: chain.parts * count)
    for part in 0..<chain.parts {
      var source = input(model.operations[operations.lowerBound].operands[0])
      var isWhole = true
      for index in 0..<count {
        let verified = model.operations[operations.lowerBound + index]
        let buffer = index < count - 1 ? chain.buffers[index] : nil
        let destination: UnsafeMutablePointer<Int8>
        if let buffer {
          let start = scratch + part * chain.partLength
          destination = Self.start(arena.bytes(start + buffer.offset, buffer.count))
        } else {
          destination = output(verified.output)
        }
        (links + part * count + index).initialize(
          to: ChannelChainLink(
            call: channelCall(verified.operation, from: source, to: destination),
            channels: tensor(verified.output).channels, readsWhole: isWhole,
            writesWhole: buffer == nil))
        source = UnsafePointer(destination)
        isWhole = buffer == nil
      }
    }
    let step = ChannelChainStep(links: links, count: count, blocks: Int32(chain.blocks))
    let channels = tensor(model.operations[operations.lowerBound].output).channelBlocks
    append(.channelChain(step), units: channels, parts: chain.parts)
  }

  private func channelCall(
    _ operation: Operation, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> ChannelChainLink.Call {
    switch operation {
    case .conv2D(let operation):
      return .conv2D(
        operation.step(self, from: source, to: destination),
        blockLength: operation.blocks.layout.blockLength)
    case .depthwiseConv2D(let operation):
      return .depthwise(
        operation.step(self, from: source, to: destination),
        blockLength: operation.blocks.layout.blockLength)
    case .globalAveragePool(let operation):
      return .mean(operation.step(self, from: source, to: destination))
    case .lookup(let operation):
      return .lookup(
        operation.step(self, from: source, to: destination),
        pixels: tensor(operation.output).pixels, kernel: kernels.concat)
    case .fullyConnected, .add, .multiply, .averagePool, .maxPool, .copy:
      preconditionFailure("the schedule's check has found operations that have channels")
    }
  }
}
