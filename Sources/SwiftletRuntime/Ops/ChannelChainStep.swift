internal import CSwiftletKernels

/// The calls of a chain of channels, for the channel blocks of one part.
///
/// Owns nothing: the links, `count` for each part, belong to the list of steps.
struct ChannelChainStep {
  let links: UnsafeMutablePointer<ChannelChainLink>
  /// Operations.
  let count: Int
  /// Channel blocks that are computed at a time.
  let blocks: Int32

  /// Computes the channel blocks `range` of all operations with the buffers of part `part`.
  func run(_ range: Range<Int32>, part: Int32) {
    let links = links + Int(part) * count
    var begin = range.lowerBound
    while begin < range.upperBound {
      let end = min(begin + blocks, range.upperBound)
      for index in 0..<count { links[index].run(begin..<end) }
      begin = end
    }
  }
}

/// One operation of a chain of channels, with the addresses that one part uses.
struct ChannelChainLink {
  /// A table on some channels of wider pixels.
  typealias Kernel =
    @convention(c) (
      UnsafePointer<Int8>?, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int64, Int32, Int32
    ) -> Void

  enum Call {
    /// Reads all channels, and weights of `blockLength` bytes a block.
    case conv2D(ConvStep, blockLength: Int)
    /// Reads the same channels from a buffer.
    case depthwise(ConvStep, blockLength: Int)
    /// Reads the same channels from a buffer, and writes them by the concatenation's kernel, which
    /// knows wider pixels.
    case lookup(LookupStep, pixels: Int, kernel: Kernel)
    /// Reads the same channels.
    case mean(MeanStep)
  }

  let call: Call
  /// Channels of the whole output.
  let channels: Int
  /// Whether a mean's input is whole. Else the input is a buffer of the channels in use.
  let readsWhole: Bool
  /// Whether the output is whole. Else it is a buffer of the channels in use.
  let writesWhole: Bool

  /// Computes the channels of the blocks `blocks`.
  func run(_ blocks: Range<Int32>) {
    let width = BundleLayout.channelsPerBlock
    let (first, block) = (Int(blocks.lowerBound) * width, Int(blocks.lowerBound))
    let count = min(Int(blocks.upperBound) * width, channels) - first
    let place = writesWhole ? first : 0
    switch call {
    case .conv2D(let step, let blockLength):
      var parameters = step.parameters
      parameters.selectOutput(block, count, blockLength, writesWhole ? channels : count)
      if step.isPointwise { parameters.takeAsOneRow() }
      step.kernel(&parameters, step.input, step.output + place, 0, parameters.out_h)
    case .depthwise(let step, let blockLength):
      var parameters = step.parameters
      parameters.selectOutput(block, count, blockLength, writesWhole ? channels : count)
      (parameters.in_c, parameters.groups) = (Int32(count), Int32(count))
      parameters.padding_row += first
      step.kernel(&parameters, step.input, step.output + place, 0, parameters.out_h)
    case .lookup(let step, let pixels, let kernel):
      let pixel = writesWhole ? channels : count
      kernel(
        step.table, step.input, step.output + place, Int64(pixels), Int32(count), Int32(pixel))
    case .mean(let step):
      var parameters = step.parameters
      parameters.channels = Int32(readsWhole ? channels : count)
      let input = step.input + (readsWhole ? first : 0)
      step.kernel(&parameters, input, step.output + place, 0, Int32(count))
    }
  }
}

extension SwlConvParams {
  /// Restricts the output to `count` channels from block `block` on, in pixels of `step` bytes.
  fileprivate mutating func selectOutput(
    _ block: Int, _ count: Int, _ blockLength: Int, _ step: Int
  ) {
    out_c = Int32(count)
    out_step = Int32(step)
    weights += block * blockLength
    blocks += block
  }
}
