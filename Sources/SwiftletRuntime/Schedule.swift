/// How a run divides a network: into stages, which follow each other.
///
/// A stage is one operation, or a chain of operations that is computed strip by strip: some output
/// rows of the last operation, with just the rows of the others that they need, then the next. A
/// tensor between two operations of a chain never exists whole: a buffer holds the rows in use.
/// Schedules change when numbers are computed and where they stand, never the numbers.
struct Schedule: Sendable {
  let stages: [Stage]

  struct Stage: Sendable {
    /// Indices of the operations.
    let operations: Range<Int>
    /// How the operations are chained; nil when there is only one.
    let chain: Chain?
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
    tensors: [Tensor], operations: [VerifiedOperation], outputs: [Port], options: ChainOptions
  ) {
    let finder = ChainFinder(
      tensors: tensors, operations: operations, outputs: outputs, options: options)
    stages = finder.stages()
  }
}

/// How the operations of a chain are computed.
struct Chain: Sendable {
  /// Output rows of the last operation that are computed at a time.
  let stripRows: Int
  /// In how many parts the output rows of the last operation are dealt to threads.
  let parts: Int
  /// Where the rows of each tensor between two operations stand, one fewer than operations.
  let buffers: [RowBuffer]
  /// Bytes of all buffers of one part; each part has its own.
  let partLength: Int

  /// Bytes of the buffers of all parts.
  var scratchLength: Int { parts * partLength }
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

/// What decides which operations are chained, and how. Any values give the same results.
///
/// Times hardly depend on the values here: on a core with 1 MB of second-level cache MobileNets took
/// the same time within 1% with buffers of 64 to 256 kB, or with no chain. These are for cores with a
/// quarter of a shared 512 kB. Much smaller buffers cost time: more rows are moved within them.
struct ChainOptions: Sendable {
  var threads = 1
  /// Tensors of fewer bytes stay whole: strips of them are too small to be computed fast.
  var smallestTensor = 128 << 10
  /// Operations of a chain.
  var longestChain = 8
  /// Bytes that the buffers of a part should fit in, so that they stay in a small core's cache.
  var bufferLength = 96 << 10
  /// Bytes of weights of a chain: they are read again for every strip.
  var largestWeights = 256 << 10
  /// Rows above and below a part are computed twice. A chain may add 1/8 to a thread's work.
  var smallestOverhead = 8
}
