/// Where each tensor stands in the arena, and for how long.
///
/// - A tensor lives from the stage of the schedule that computes it to the last that reads it. The
///   buffers of a chain live during its stage; tensors inside a chain have no place at all.
/// - Tensors and buffers are placed in the order of their size, largest first.
/// - Each takes the lowest 64-byte aligned offset where it overlaps nothing placed before that is
///   alive at the same time.
/// - Padding rows, which are never written while running, follow after the tensors.
/// - 64 bytes follow at the end: kernels may read that far past a tensor.
///
/// This is not always the smallest arena, which is hard to find. For a chain of layers it mostly is:
/// the largest pair of neighbours stands at the bottom and all else fits above or between.
struct MemoryPlan: Sendable {
  /// Of each tensor; nil inside a chain.
  var offsets: [Int?]
  /// Of each tensor's padding row; nil where none is needed.
  var paddingRows: [Int?]
  /// Of the buffers of each stage of the schedule; nil where it has none.
  var scratch: [Int?]
  /// Bytes of the arena.
  var length: Int

  /// Plans the arena; with `keepsAllTensors` no memory is used twice.
  init(
    tensors: [Tensor], operations: [any Operation], outputs: [Port], schedule: Schedule,
    keepsAllTensors: Bool
  ) throws(BundleError) {
    offsets = [Int?](repeating: nil, count: tensors.count)
    paddingRows = [Int?](repeating: nil, count: tensors.count)
    scratch = [Int?](repeating: nil, count: schedule.stages.count)
    length = 0

    var items = Self.tensorItems(
      tensors, operations: operations, outputs: outputs, schedule: schedule,
      keepsAllTensors: keepsAllTensors)
    for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
      guard let chain = stage.chain else { continue }
      items.append(
        Item(
          content: .scratch(stage: index), size: Self.slotLength(chain.scratchLength),
          lifetime: (index + 1)...(index + 1)))
    }
    var order = [Int](0..<items.count)
    order.sort { a, b in
      items[a].size == items[b].size ? a < b : items[a].size > items[b].size
    }
    // Items that have an offset, by offset.
    var placed: [Item] = []
    placed.reserveCapacity(items.count)
    for index in order {
      var item = items[index]
      // Sums below are of one such size and an offset in the arena.
      try requireRoom(item.size, from: BundleLayout.alignment)
      for other in placed where other.lifetime.overlaps(item.lifetime) {
        if other.offset >= item.offset + item.size { break }
        item.offset = max(item.offset, other.offset + other.size)
      }
      let position = placed.firstIndex { $0.offset > item.offset } ?? placed.count
      placed.insert(item, at: position)
      try requireRoom(item.size, from: item.offset)
      length = max(length, item.offset + item.size)
      switch item.content {
      case .tensor(let tensor): offsets[tensor] = item.offset
      case .scratch(let stage): scratch[stage] = item.offset
      }
    }
    try placePaddingRows(tensors: tensors, operations: operations)
    try requireRoom(BundleLayout.alignment, from: length)
    length += BundleLayout.alignment
  }

  /// The bytes that `count` elements take up.
  static func slotLength(_ count: Int) -> Int {
    CheckedArithmetic.roundUp(count, to: BundleLayout.alignment)
  }

  private mutating func placePaddingRows(
    tensors: [Tensor], operations: [any Operation]
  ) throws(BundleError) {
    for operation in operations {
      guard let tensor = operation.paddedInput, paddingRows[tensor] == nil else {
        continue
      }
      paddingRows[tensor] = length
      let size = Self.slotLength(tensors[tensor].channels)
      try requireRoom(size, from: length)
      length += size
    }
  }

  /// Throws unless `size` bytes from `offset` on are within the greatest arena.
  private func requireRoom(_ size: Int, from offset: Int) throws(BundleError) {
    let (end, maximum) = (Int64(offset) + Int64(size), Int64(BundleLayout.maximumArenaLength))
    if end > maximum { throw .limit("arena bytes", found: end, maximum: maximum) }
  }

  /// Something that needs a place.
  private struct Item {
    enum Content {
      case tensor(Int)
      case scratch(stage: Int)
    }

    let content: Content
    let size: Int
    /// Step 0 is before the first stage, stage i is step i + 1, and results are read in the step
    /// after the last.
    let lifetime: ClosedRange<Int>
    var offset = 0
  }

  /// All tensors but those inside chains, with the steps during which they must keep their bytes.
  private static func tensorItems(
    _ tensors: [Tensor], operations: [any Operation], outputs: [Port], schedule: Schedule,
    keepsAllTensors: Bool
  ) -> [Item] {
    let end = schedule.stages.count + 1
    var first = [Int](repeating: 0, count: tensors.count)
    var last = [Int](repeating: 0, count: tensors.count)
    var isWhole = [Bool](repeating: true, count: tensors.count)
    for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
      for operation in stage.operations {
        let output = operations[operation].output
        first[output] = index + 1
        last[output] = index + 1
        isWhole[output] = !stage.isInside(operation)
        for operand in operations[operation].operands { last[operand] = index + 1 }
      }
    }
    for port in outputs { last[port.tensor] = end }
    var items: [Item] = []
    items.reserveCapacity(tensors.count + schedule.stages.count)
    for tensor in 0..<tensors.count where isWhole[tensor] {
      items.append(
        Item(
          content: .tensor(tensor), size: slotLength(tensors[tensor].byteCount),
          lifetime: keepsAllTensors ? 0...end : first[tensor]...last[tensor]))
    }
    return items
  }
}
