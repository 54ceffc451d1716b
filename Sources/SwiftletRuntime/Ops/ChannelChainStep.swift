/// The calls of a chain of channels, for the channel blocks of any part.
final class ChannelChainStep {
  /// `count` for each part.
  private let links: [ChannelChainLink]
  /// Operations.
  private let count: Int
  /// Channel blocks that are computed at a time.
  private let blocks: Int32

  init(_ links: [ChannelChainLink], count: Int, blocks: Int) {
    self.links = links
    self.count = count
    self.blocks = Int32(blocks)
  }

  /// Computes the channel blocks `range` of all operations with the buffers of part `part`.
  func run(_ range: Range<Int32>, part: Int32) {
    let start = Int(part) * count
    var begin = range.lowerBound
    while begin < range.upperBound {
      let end = min(begin + blocks, range.upperBound)
      for index in start..<(start + count) { links[index].run(begin..<end) }
      begin = end
    }
  }
}

/// One operation of a chain of channels, with the addresses that one part uses.
struct ChannelChainLink {
  let call: ChannelCall
  /// Channels of the whole output.
  let channels: Int
  /// Whether the input is whole. Else it is a buffer of the channels in use.
  let readsWhole: Bool
  /// Whether the output is whole. Else it is a buffer of the channels in use.
  let writesWhole: Bool
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>

  /// Computes the channels of the blocks `blocks`.
  func run(_ blocks: Range<Int32>) {
    let width = BundleLayout.channelsPerBlock
    let first = Int(blocks.lowerBound) * width
    call(
      ChannelSlice(
        blocks: blocks, first: first,
        count: min(Int(blocks.upperBound) * width, channels) - first, readsWhole: readsWhole,
        writesWhole: writesWhole, input: input, output: output + (writesWhole ? first : 0)))
  }
}
