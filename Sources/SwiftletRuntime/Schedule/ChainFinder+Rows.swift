/// Chains of rows: operations that are computed strip by strip.
extension ChainFinder {
  /// Calls `offer` with the chains that begin with operation `begin` and are good: the operation
  /// after the last, the chain and the bytes moved within its buffers.
  func offerRowChains(from begin: Int, _ offer: (Int, RowChain, Int64) -> Void) {
    var end = begin + 2
    while end <= operations.count, end - begin <= options.longestChain, canJoin(end - 1),
      tensors[operations[end - 2].output].byteCount >= options.smallestTensor
    {
      if let (chain, moved) = goodRowChain(begin..<end) { offer(end, chain, moved) }
      end += 1
    }
  }

  /// The operations as a chain of strips of `stripRows` rows, in `parts` parts; nil when they cannot
  /// be one.
  func rowChain(_ range: Range<Int>, stripRows: Int, parts: Int) -> RowChain? {
    let canJoin = range.count > 1 && range.dropFirst().allSatisfy { self.canJoin($0) }
    guard canJoin else { return nil }
    let (buffers, length) = layout(rowShapes[range].compactMap { $0 }, stripRows: stripRows)
    return RowChain(stripRows: stripRows, parts: parts, buffers: buffers, partLength: length)
  }

  /// Whether the operation can be chained to the one before it.
  private func canJoin(_ index: Int) -> Bool {
    guard rowShapes[index - 1] != nil, rowShapes[index] != nil else { return false }
    let tensor = operations[index - 1].output
    return operations[index].operands[0] == tensor && readers[tensor] == 1
  }

  /// The operations, which can be chained, as a chain, with the bytes moved within its buffers; nil
  /// when it is no good.
  private func goodRowChain(_ range: Range<Int>) -> (RowChain, moved: Int64)? {
    let links = rowShapes[range].compactMap { $0 }
    guard let last = links.last else { return nil }
    var (weights, work) = (Int64(0), Int64(0))
    var whole = -Int64(last.rowLength) * Int64(last.height)
    for link in links {
      weights += Int64(link.weightsLength)
      work += link.work
      whole += Int64(link.rowLength) * Int64(link.height)
    }
    if weights > Int64(options.largestWeights) { return nil }
    let parts = StepBuilder.parts(threads: options.threads, units: last.height, work: work)
    if !dealsWell(links, parts: parts, work: work) { return nil }
    let rows = (last.height + parts - 1) / parts
    let stripRows = stripRows(links, rows)
    let (buffers, length) = layout(links, stripRows: stripRows)
    // Also keeps the buffers' length within 32 bits: each tensor has 2²⁸ bytes at most.
    if Int64(parts) * Int64(length) >= whole { return nil }
    let chain = RowChain(stripRows: stripRows, parts: parts, buffers: buffers, partLength: length)
    let strips = (rows + stripRows - 1) / stripRows * parts
    return (chain, moved: Int64(strips - parts) * movedLength(links, stripRows: stripRows))
  }

  /// Whether no part has much more to compute than its share of `work`.
  private func dealsWell(_ links: [RowShape], parts: Int, work: Int64) -> Bool {
    guard parts > 1, let last = links.last else { return true }
    var largest: Int64 = 0
    for part in 0..<parts {
      var sum: Int64 = 0
      var rows = last.height * part / parts..<last.height * (part + 1) / parts
      for link in links.reversed() {
        sum += link.work / Int64(link.height) * Int64(rows.count)
        rows = link.inputRows(for: rows)
      }
      largest = max(largest, sum)
    }
    return largest * Int64(parts) <= work + work / Int64(options.smallestOverhead)
  }

  /// How many of a part's `rows` output rows to compute at a time.
  private func stripRows(_ links: [RowShape], _ rows: Int) -> Int {
    // The most that fit: the buffers grow with the rows.
    var (most, end) = (1, rows + 1)
    while end - most > 1 {
      let middle = (most + end) / 2
      if layoutLength(links, stripRows: middle) <= options.bufferLength {
        most = middle
      } else {
        end = middle
      }
    }
    // Strips of even height.
    let strips = (rows + most - 1) / most
    return (rows + strips - 1) / strips
  }

  /// Places the buffers, each as tall as the first strip needs, which is the tallest.
  private func layout(_ links: [RowShape], stripRows: Int) -> (buffers: [RowBuffer], length: Int) {
    var heights = [Int](repeating: stripRows, count: links.count)
    for index in stride(from: links.count - 1, to: 0, by: -1) {
      heights[index - 1] = min(links[index].inputRowCount(heights[index]), links[index - 1].height)
    }
    var buffers: [RowBuffer] = []
    buffers.reserveCapacity(links.count)
    var length = 0
    for (link, height) in zip(links.dropLast(), heights) {
      let buffer = RowBuffer(offset: length, rows: height, rowLength: link.rowLength)
      buffers.append(buffer)
      length += MemoryPlan.slotLength(buffer.count)
    }
    return (buffers, length)
  }

  /// The length of that layout, without making one: many are tried.
  private func layoutLength(_ links: [RowShape], stripRows: Int) -> Int {
    var (rows, length) = (stripRows, 0)
    for index in stride(from: links.count - 1, to: 0, by: -1) {
      rows = min(links[index].inputRowCount(rows), links[index - 1].height)
      length += MemoryPlan.slotLength(rows * links[index - 1].rowLength)
    }
    return length
  }

  /// Bytes that are moved within the buffers from one strip to the next.
  private func movedLength(_ links: [RowShape], stripRows: Int) -> Int64 {
    var (rows, sum) = (stripRows, Int64(0))
    for (before, link) in zip(links, links.dropFirst()).reversed() {
      // `rows` more output rows need that many more of the input and keep the rest.
      let new = min(rows * link.stride, before.height)
      let needed = min(link.inputRowCount(rows), before.height)
      sum += Int64(max(0, needed - new)) * Int64(before.rowLength)
      rows = new
    }
    return sum
  }
}
