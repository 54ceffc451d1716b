/// Where each tensor stands in the arena, and for how long.
///
/// - Tensors are placed in the order of their size, largest first.
/// - Each takes the lowest 64-byte aligned offset where it overlaps no tensor placed before that is
///   alive at the same time.
/// - Padding rows, which are never written while running, follow after the tensors.
/// - 64 bytes follow at the end: kernels may read that far past a tensor.
///
/// This is not always the smallest arena, which is hard to find. For a chain of layers it mostly is:
/// the largest pair of neighbours stands at the bottom and all else fits above or between.
struct MemoryPlan: Sendable {
  /// Of each tensor.
  var offsets: [Int]
  /// Of each tensor's padding row; nil where none is needed.
  var paddingRows: [Int?]
  /// Bytes of the arena.
  var length: Int

  /// Plans the arena; with `keepsAllTensors` no memory is used twice.
  init(
    tensors: [Tensor], operations: [VerifiedOperation], outputs: [Port], keepsAllTensors: Bool
  ) throws(BundleError) {
    let lifetimes = Self.lifetimes(
      count: tensors.count, operations: operations, outputs: outputs,
      keepsAllTensors: keepsAllTensors)
    offsets = [Int](repeating: 0, count: tensors.count)
    paddingRows = [Int?](repeating: nil, count: tensors.count)
    length = 0

    var order = [Int](0..<tensors.count)
    order.sort { a, b in
      tensors[a].count == tensors[b].count ? a < b : tensors[a].count > tensors[b].count
    }
    // Tensors that have an offset, by offset.
    var placed: [Int] = []
    placed.reserveCapacity(tensors.count)
    for tensor in order {
      let size = Self.slotLength(tensors[tensor].count)
      var offset = 0
      for other in placed where lifetimes[other].overlaps(lifetimes[tensor]) {
        if offsets[other] >= offset + size { break }
        offset = max(offset, offsets[other] + Self.slotLength(tensors[other].count))
      }
      offsets[tensor] = offset
      let position = placed.firstIndex { offsets[$0] > offset } ?? placed.count
      placed.insert(tensor, at: position)
      try grow(to: offset + size)
    }
    try placePaddingRows(tensors: tensors, operations: operations)
    try grow(to: length + BundleLayout.alignment)
  }

  /// The bytes that `count` elements take up.
  static func slotLength(_ count: Int) -> Int {
    CheckedArithmetic.roundUp(count, to: BundleLayout.alignment)
  }

  private mutating func placePaddingRows(
    tensors: [Tensor], operations: [VerifiedOperation]
  ) throws(BundleError) {
    for operation in operations {
      guard let tensor = operation.operation.paddedInput, paddingRows[tensor] == nil else {
        continue
      }
      paddingRows[tensor] = length
      try grow(to: length + Self.slotLength(tensors[tensor].channels))
    }
  }

  private mutating func grow(to newLength: Int) throws(BundleError) {
    length = max(length, newLength)
    if length > BundleLayout.maximumArenaLength {
      throw .limit("arena bytes", found: length, maximum: BundleLayout.maximumArenaLength)
    }
  }

  /// The steps during which each tensor must keep its bytes: step 0 is before the first operation,
  /// operation i is step i + 1, and results are read in the step after the last.
  private static func lifetimes(
    count: Int, operations: [VerifiedOperation], outputs: [Port], keepsAllTensors: Bool
  ) -> [ClosedRange<Int>] {
    let end = operations.count + 1
    if keepsAllTensors { return [ClosedRange<Int>](repeating: 0...end, count: count) }
    var first = [Int](repeating: 0, count: count)
    var last = [Int](repeating: 0, count: count)
    for (index, operation) in zip(0..<operations.count, operations) {
      first[operation.output] = index + 1
      last[operation.output] = index + 1
      for operand in operation.operands { last[operand] = index + 1 }
    }
    for port in outputs { last[port.tensor] = end }
    return zip(first, last).map { $0...$1 }
  }
}
