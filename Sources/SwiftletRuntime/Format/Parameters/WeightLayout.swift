/// Where each weight stands in a packed array: per group `[⌈channels/16⌉][runs][⌈runLength/4⌉][16][4]`.
///
/// A convolution has one run a tap, as long as the input channels of a group; a depthwise
/// convolution one a kernel column, as long as the kernel is high; a fully connected layer a single
/// run of all inputs. Places past the end of a run or past the last channel are padding: zeros.
public struct WeightLayout: Equatable, Sendable {
  /// Groups of channels, each packed by itself.
  public let groups: Int
  /// Output channels of one group.
  public let channels: Int
  /// Runs of weights of a channel.
  public let runs: Int
  /// Weights of a run.
  public let runLength: Int
  /// Bytes of the whole array; `Int.max` when it would be longer than any file.
  public let length: Int
  /// Whether a channel's weights are given column by column of its runs.
  private let isTransposed: Bool

  private init(groups: Int, channels: Int, runs: Int, runLength: Int, isTransposed: Bool = false) {
    self.groups = groups
    self.channels = channels
    self.runs = runs
    self.runLength = runLength
    self.isTransposed = isTransposed
    let length = CheckedArithmetic.product(
      groups, CheckedArithmetic.roundUp(channels, to: BundleLayout.channelsPerBlock), runs,
      CheckedArithmetic.roundUp(runLength, to: BundleLayout.weightsPerQuad),
      limit: Int64(BundleLayout.maximumFileLength))
    self.length = length.map { Int($0) } ?? .max
  }

  /// Of a convolution from `inputs` to `outputs` channels in `groups` groups; a channel's weights are
  /// given in the order (ky, kx, c).
  public static func convolution(
    _ window: Window, inputs: Int, outputs: Int, groups: Int = 1
  ) -> WeightLayout {
    WeightLayout(
      groups: groups, channels: outputs / groups, runs: window.tapCount,
      runLength: inputs / groups)
  }

  /// Of a depthwise convolution; a channel's weights are given in the order (ky, kx).
  public static func depthwise(_ window: Window, channels: Int) -> WeightLayout {
    WeightLayout(
      groups: 1, channels: channels, runs: window.kernelWidth, runLength: window.kernelHeight,
      isTransposed: true)
  }

  /// Of a fully connected layer from `inputs` to `outputs` elements.
  public static func fullyConnected(inputs: Int, outputs: Int) -> WeightLayout {
    WeightLayout(groups: 1, channels: outputs, runs: 1, runLength: inputs)
  }

  /// Channel blocks of one group.
  public var blocksPerGroup: Int {
    (channels + BundleLayout.channelsPerBlock - 1) / BundleLayout.channelsPerBlock
  }

  /// Channel blocks of all groups.
  public var blockCount: Int { groups * blocksPerGroup }

  /// Bytes of the weights of one block of channels.
  public var blockLength: Int { runs * runStride }

  /// Bytes from one run of a block to the next.
  private var runStride: Int {
    CheckedArithmetic.roundUp(runLength, to: BundleLayout.weightsPerQuad)
      * BundleLayout.channelsPerBlock
  }

  /// How many of the channels of a block are real.
  public func channelCount(inBlock block: Int) -> Int {
    let first = block % blocksPerGroup * BundleLayout.channelsPerBlock
    return min(BundleLayout.channelsPerBlock, channels - first)
  }

  /// The output channel at a place of a block.
  public func channel(block: Int, lane: Int) -> Int {
    block / blocksPerGroup * channels
      + block % blocksPerGroup * BundleLayout.channelsPerBlock + lane
  }

  /// What stands at a byte of a block: a channel of the block, and whether it is a weight of it
  /// rather than padding.
  public func content(ofBlock block: Int, at byte: Int) -> (lane: Int, isWeight: Bool) {
    let quad = BundleLayout.weightsPerQuad
    let quads = BundleLayout.channelsPerBlock * quad
    let place = byte % runStride
    let lane = place % quads / quad
    let index = place / quads * quad + place % quad
    return (lane, lane < channelCount(inBlock: block) && index < runLength)
  }

  /// Stores the weights of output channel `channel`, in the order in which they are given, in the
  /// array that starts at byte `start` of `bytes`, and returns their sum.
  func store(_ weights: [Int8], channel: Int, in bytes: inout [UInt8], at start: Int) -> Int {
    precondition(weights.count == runs * runLength, "a channel has runs of weights, all as long")
    let quad = BundleLayout.weightsPerQuad
    let quads = BundleLayout.channelsPerBlock * quad
    let (group, index) = (channel / channels, channel % channels)
    let block = index / BundleLayout.channelsPerBlock
    let lane = index % BundleLayout.channelsPerBlock
    let first = start + (group * blocksPerGroup + block) * blockLength + lane * quad
    let (runStep, step) = isTransposed ? (1, runs) : (runLength, 1)
    var sum = 0
    for run in 0..<runs {
      let target = first + run * runStride
      for place in 0..<runLength {
        let weight = weights[run * runStep + place * step]
        bytes[target + place / quad * quads + place % quad] = UInt8(bitPattern: weight)
        sum += Int(weight)
      }
    }
    return sum
  }
}

/// Packed weights in the weights section of a bundle that is being written.
public struct WeightArray: Sendable {
  /// Where each weight stands.
  public let layout: WeightLayout
  /// The first byte, from the start of the section: a multiple of 64.
  public let offset: UInt64
}
