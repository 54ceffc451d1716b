/// How a run divides a network: into stages, which follow each other.
///
/// A stage is one operation, or a chain of operations that is computed piece by piece, so that
/// tensors between its operations never exist whole: a buffer holds the piece in use. Schedules
/// change when numbers are computed and where they stand, never the numbers.
struct Schedule: Sendable {
  let stages: [Stage]

  struct Stage: Sendable {
    /// Indices of the operations.
    let operations: Range<Int>
    /// How the operations are chained; nil when there is only one.
    let chain: Chain?

    /// The operations whose results exist whole, in the arena.
    var wholeOutputs: [Int] { operations.filter { !isInside($0) } }

    /// Whether the result of an operation of this stage stands in a buffer only.
    func isInside(_ operation: Int) -> Bool {
      switch chain {
      case nil: return false
      case .rows: return operation < operations.upperBound - 1
      case .channels(let chain):
        let index = operation - operations.lowerBound
        return index < chain.buffers.count && chain.buffers[index] != nil
      }
    }
  }

  /// One operation after another, every tensor whole.
  static func plain(operationCount: Int) -> Schedule {
    Schedule(stages: (0..<operationCount).map { Stage(operations: $0..<($0 + 1), chain: nil) })
  }

  init(stages: [Stage]) {
    self.stages = stages
  }

  /// Chains operations where `options` allow it and less memory is written so.
  init(
    tensors: [Tensor], operations: [Operation], outputs: [Port], options: ChainOptions
  ) {
    let finder = ChainFinder(
      tensors: tensors, operations: operations, outputs: outputs, options: options)
    stages = finder.stages()
  }
}

/// How the operations of a chain are computed.
enum Chain: Sendable {
  case rows(RowChain)
  case channels(ChannelChain)

  /// Bytes of the buffers of all parts.
  var scratchLength: Int {
    switch self {
    case .rows(let chain): return chain.scratchLength
    case .channels(let chain): return chain.scratchLength
    }
  }

  /// Several parts are computed at a time, and kernels read up to 63 bytes past what they compute from:
  /// that must not be what another part writes.
  fileprivate static func partStep(_ partLength: Int, parts: Int) -> Int {
    parts > 1 ? partLength + BundleLayout.alignment : partLength
  }
}

/// Strip by strip: some output rows of the last operation, with just the rows of the others that
/// they need, then the next.
struct RowChain: Sendable {
  /// Output rows of the last operation that are computed at a time.
  let stripRows: Int
  /// In how many parts the output rows of the last operation are dealt to threads.
  let parts: Int
  /// Where the rows of each tensor between two operations stand, one fewer than operations.
  let buffers: [RowBuffer]
  /// Bytes of all buffers of one part; each part has its own.
  let partLength: Int

  /// Bytes from one part's buffers to the next's.
  var partStep: Int { Chain.partStep(partLength, parts: parts) }
  /// Bytes of the buffers of all parts.
  var scratchLength: Int { parts * partStep }
}

/// Memory for some consecutive rows of a tensor.
struct RowBuffer: Sendable {
  /// From the start of the part's buffers, a multiple of 64.
  let offset: Int
  let rows: Int
  let rowLength: Int

  /// Bytes.
  var count: Int { rows * rowLength }
}

/// Some channels of every tensor at a time: a convolution, then operations that do not mix channels:
/// depthwise convolutions, tables and at last a mean over all pixels. Nothing is computed twice.
struct ChannelChain: Sendable {
  /// Blocks of 16 channels that are computed at a time.
  let blocks: Int
  /// In how many parts the channel blocks are dealt to threads.
  let parts: Int
  /// Where the channels in use of each tensor between two operations stand, pixel after pixel; one
  /// fewer than operations. Nil where the tensor is whole, because others read it too.
  let buffers: [ChannelBuffer?]
  /// Bytes of all buffers of one part; each part has its own.
  let partLength: Int

  /// Bytes from one part's buffers to the next's.
  var partStep: Int { Chain.partStep(partLength, parts: parts) }
  /// Bytes of the buffers of all parts.
  var scratchLength: Int { parts * partStep }
}

/// Memory for some channels of all pixels of a tensor.
struct ChannelBuffer: Sendable {
  /// From the start of the part's buffers, a multiple of 64.
  let offset: Int
  /// Bytes.
  let count: Int
}

/// What decides which operations are chained, and how. Any values give the same results.
///
/// Times hardly depend on them: on a core with 1 MB of second-level cache MobileNets took the same
/// time within 2% with buffers of 64 to 256 kB, or with no chain. These are for cores with a quarter of
/// a shared 512 kB and a first-level cache of 32 kB. Much smaller buffers cost time: more rows are
/// moved within them, and kernels begin more often.
struct ChainOptions: Sendable {
  var threads = 1
  /// Tensors of fewer bytes stay whole: strips of them are too small to be computed fast.
  var smallestTensor = 144 << 10
  /// Operations of a chain.
  var longestChain = 8
  /// Bytes that the buffers of a part should fit in, so that they stay in a small core's cache.
  var bufferLength = 96 << 10
  /// Bytes of weights of a chain: they are read again for every strip.
  var largestWeights = 256 << 10
  /// Rows above and below a part are computed twice. A chain may add 1/8 to a thread's work.
  var smallestOverhead = 8
  /// Tensors of fewer bytes are not computed some channels at a time: kernels begin less often when
  /// they take all.
  var smallestByChannels = 96 << 10
  /// Channel blocks that are computed at a time: as many as kernels take together.
  var channelBlocks = 4
  /// Bytes that the buffers of a part of a chain of channels must fit in.
  var channelBufferLength = 64 << 10
}
