/// Where each tensor stands in the arena, and for how long.
///
/// - A tensor lives from the stage of the schedule that computes it to the last that reads it. The
///   buffers of a chain live during its stage; tensors inside a chain have no place at all.
/// - Tensors and buffers are placed in the order of their size, largest first.
/// - Each takes the lowest 64-byte aligned offset where it overlaps nothing placed before that is
///   alive at the same time.
/// - Padding rows, which are never written while running, follow after the tensors.
/// - 64 bytes follow at the end: kernels may read that far past a tensor. With several threads they
///   follow each tensor and buffer, since what is read must not be written by another thread meanwhile.
/// - A tensor that can stand inside another, see `TensorViews`, takes no place of its own, unless the
///   arena is smaller when all do: then a copy is made.
///
/// This is not always the smallest arena, which is hard to find. For a chain of layers it mostly is:
/// the largest pair of neighbours stands at the bottom and all else fits above or between.
struct MemoryPlan: Sendable {
  /// Of each tensor; nil inside a chain.
  var offsets: [Int?]
  /// Bytes from one pixel of each tensor to the next; nil where they are side by side.
  var pixelSteps: [Int?]
  /// Of each tensor's padding row; nil where none is needed.
  var paddingRows: [Int?]
  /// Of the buffers of each stage of the schedule; nil where it has none.
  var scratch: [Int?]
  /// Bytes of the arena.
  var length: Int

  /// Plans the arena for so many threads; with `keepsAllTensors` no memory is used twice.
  init(
    tensors: [Tensor], operations: [Operation], outputs: [Port], schedule: Schedule,
    threads: Int = 1, keepsAllTensors: Bool
  ) throws(BundleError) {
    let lifetimes = Lifetimes(
      tensors.count, operations: operations, outputs: outputs, schedule: schedule,
      keepsAllTensors: keepsAllTensors)
    let room = threads > 1 ? BundleLayout.alignment : 0
    let apart = Result { () throws(BundleError) in
      try MemoryPlan(tensors, operations, schedule, lifetimes, room: room, views: nil)
    }
    if keepsAllTensors {
      self = try apart.get()
      return
    }
    let views = TensorViews(
      tensors: tensors, operations: operations, isWhole: lifetimes.isWhole, outputs: outputs)
    if views.isEmpty {
      self = try apart.get()
      return
    }
    let together = Result { () throws(BundleError) in
      try MemoryPlan(tensors, operations, schedule, lifetimes, room: room, views: views)
    }
    if case .success(let plan) = apart, case .success(let other) = together {
      self = other.length <= plan.length ? other : plan
    } else if case .success = together {
      self = try together.get()
    } else {
      self = try apart.get()
    }
  }

  /// Places tensors inside others as `views` say, and `room` bytes after each item.
  private init(
    _ tensors: [Tensor], _ operations: [Operation], _ schedule: Schedule,
    _ lifetimes: Lifetimes, room: Int, views: TensorViews?
  ) throws(BundleError) {
    offsets = [Int?](repeating: nil, count: tensors.count)
    pixelSteps = [Int?](repeating: nil, count: tensors.count)
    paddingRows = [Int?](repeating: nil, count: tensors.count)
    scratch = [Int?](repeating: nil, count: schedule.stages.count)
    length = 0

    var items = Self.tensorItems(tensors, lifetimes, room: room, views)
    for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
      guard let chain = stage.chain else { continue }
      items.append(
        Item(
          content: .scratch(stage: index), size: Self.slotLength(chain.scratchLength) + room,
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
    if let views { placeViews(views) }
    try placePaddingRows(tensors: tensors, operations: operations)
    try requireRoom(BundleLayout.alignment, from: length)
    length += BundleLayout.alignment
  }

  /// The bytes that `count` elements take up.
  static func slotLength(_ count: Int) -> Int {
    CheckedArithmetic.roundUp(count, to: BundleLayout.alignment)
  }

  /// The bytes from a tensor's first to its last.
  func length(of index: Int, _ tensor: Tensor) -> Int {
    guard let step = pixelSteps[index] else { return tensor.byteCount }
    return (tensor.pixels - 1) * step + tensor.channels
  }

  private mutating func placeViews(_ views: TensorViews) {
    for tensor in 0..<offsets.count {
      guard let view = views.views[tensor] else { continue }
      let (root, offset) = views.root(tensor)
      guard let start = offsets[root] else { preconditionFailure("whole tensors have places") }
      offsets[tensor] = start + offset
      pixelSteps[tensor] = view.pixelStep
    }
  }

  private mutating func placePaddingRows(
    tensors: [Tensor], operations: [Operation]
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
    let lifetime: ClosedRange<Int>
    var offset = 0
  }

  /// The tensors that stand by themselves, with the steps during which they, or others inside them,
  /// must keep their bytes.
  private static func tensorItems(
    _ tensors: [Tensor], _ lifetimes: Lifetimes, room: Int, _ views: TensorViews?
  ) -> [Item] {
    var (first, last) = (lifetimes.first, lifetimes.last)
    if let views {
      for tensor in 0..<tensors.count where lifetimes.isWhole[tensor] {
        let root = views.root(tensor).tensor
        first[root] = min(first[root], first[tensor])
        last[root] = max(last[root], last[tensor])
      }
    }
    var items: [Item] = []
    items.reserveCapacity(tensors.count)
    for tensor in 0..<tensors.count where lifetimes.isWhole[tensor] {
      if let views, views.root(tensor).tensor != tensor { continue }
      items.append(
        Item(
          content: .tensor(tensor), size: slotLength(tensors[tensor].byteCount) + room,
          lifetime: first[tensor]...last[tensor]))
    }
    return items
  }

  /// When tensors must keep their bytes. Step 0 is before the first stage, stage i is step i + 1, and
  /// results are read in the step after the last.
  private struct Lifetimes {
    var first: [Int]
    var last: [Int]
    /// Whether a tensor has a place: all but those inside chains.
    var isWhole: [Bool]

    init(
      _ count: Int, operations: [Operation], outputs: [Port], schedule: Schedule,
      keepsAllTensors: Bool
    ) {
      let end = schedule.stages.count + 1
      first = [Int](repeating: 0, count: count)
      last = [Int](repeating: keepsAllTensors ? end : 0, count: count)
      isWhole = [Bool](repeating: true, count: count)
      for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
        for operation in stage.operations {
          let output = operations[operation].output
          isWhole[output] = !stage.isInside(operation)
          if keepsAllTensors { continue }
          first[output] = index + 1
          last[output] = index + 1
          for operand in operations[operation].operands { last[operand] = index + 1 }
        }
      }
      for port in outputs { last[port.tensor] = end }
    }
  }
}
