/// Where each weight stands in a packed array: per group `[⌈channels/16⌉][runs][⌈runLength/4⌉][16][4]`.
///
/// A convolution has one run a tap, as long as the input channels of a group; a depthwise
/// convolution one a kernel column, as long as the kernel is high; a fully connected layer a single
/// run of all inputs. Places past the end of a run or past the last channel are padding: zeros.
struct PackedWeights: Sendable {
  let groups: Int
  /// Output channels of one group.
  let channels: Int
  let runs: Int
  let runLength: Int
  /// Bytes of the whole array.
  let length: Int

  /// Fails when the array would be longer than any file.
  init(
    groups: Int, channels: Int, runs: Int, runLength: Int, _ reader: OperationReader
  ) throws(BundleError) {
    self.groups = groups
    self.channels = channels
    self.runs = runs
    self.runLength = runLength
    let limit = Int64(BundleLayout.maximumFileLength)
    guard
      let length = CheckedArithmetic.product(
        groups, CheckedArithmetic.roundUp(channels, to: 16), runs,
        CheckedArithmetic.roundUp(runLength, to: 4), limit: limit)
    else {
      throw .limit("bytes of weights", found: .max, maximum: limit)
    }
    self.length = Int(length)
  }

  /// Channel blocks of one group, and of all.
  var blocksPerGroup: Int { (channels + 15) / 16 }
  var blockCount: Int { groups * blocksPerGroup }
  /// Bytes of the weights of one block of 16 channels.
  var blockLength: Int { runs * CheckedArithmetic.roundUp(runLength, to: 4) * 16 }

  /// How many of the 16 channels of a block are real.
  func channelCount(inBlock block: Int) -> Int {
    min(16, channels - block % blocksPerGroup * 16)
  }
}
