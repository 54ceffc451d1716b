/// Finds the operations that can be chained, and those that are better chained.
struct ChainFinder {
  private let tensors: [Tensor]
  private let operations: [VerifiedOperation]
  private let options: ChainOptions
  /// How many operands and ports read each tensor.
  private var readers: [Int]
  /// Of each operation; nil where it cannot be part of a chain.
  private var shapes: [RowShape?] = []

  init(
    tensors: [Tensor], operations: [VerifiedOperation], outputs: [Port], options: ChainOptions
  ) {
    self.tensors = tensors
    self.operations = operations
    self.options = options
    readers = [Int](repeating: 0, count: tensors.count)
    for port in outputs { readers[port.tensor] += 1 }
    for operation in operations {
      for operand in operation.operands { readers[operand] += 1 }
    }
    shapes = operations.map { RowShape($0, tensors) }
  }

  /// Divides all operations into stages so that the least memory is written: whole tensors, and rows
  /// that are moved within buffers to be read again.
  func stages() -> [Schedule.Stage] {
    // The best stages for the operations before each, by the last of them.
    var best = [(cost: Int64, stage: Schedule.Stage)?](repeating: nil, count: operations.count + 1)
    for begin in 0..<operations.count {
      let before = begin == 0 ? 0 : best[begin]?.cost ?? 0
      func offer(_ end: Int, _ chain: Chain?, moved: Int64) {
        let cost = before + moved + Int64(tensors[operations[end - 1].output].count)
        if let other = best[end], other.cost <= cost { return }
        best[end] = (cost, Schedule.Stage(operations: begin..<end, chain: chain))
      }
      offer(begin + 1, nil, moved: 0)
      var end = begin + 2
      while end <= operations.count, end - begin <= options.longestChain, canJoin(end - 1),
        tensors[operations[end - 2].output].count >= options.smallestTensor
      {
        if let (chain, moved) = goodChain(begin..<end) { offer(end, chain, moved: moved) }
        end += 1
      }
    }
    var stages: [Schedule.Stage] = []
    var end = operations.count
    while end > 0, let stage = best[end]?.stage {
      stages.append(stage)
      end = stage.operations.lowerBound
    }
    return stages.reversed()
  }

  /// The operations as a chain of strips of `stripRows` rows, in `parts` parts; nil when they cannot
  /// be one.
  func chain(_ range: Range<Int>, stripRows: Int, parts: Int) -> Chain? {
    let canJoin = range.count > 1 && range.dropFirst().allSatisfy { self.canJoin($0) }
    guard canJoin else { return nil }
    let (buffers, length) = layout(shapes[range].compactMap { $0 }, stripRows: stripRows)
    return Chain(stripRows: stripRows, parts: parts, buffers: buffers, partLength: length)
  }

  /// Whether the operation can be chained to the one before it.
  private func canJoin(_ index: Int) -> Bool {
    guard shapes[index - 1] != nil, shapes[index] != nil else { return false }
    let tensor = operations[index - 1].output
    return operations[index].operands[0] == tensor && readers[tensor] == 1
  }

  /// The operations, which can be chained, as a chain, with the bytes moved within its buffers; nil
  /// when it is no good.
  private func goodChain(_ range: Range<Int>) -> (Chain, moved: Int64)? {
    let links = shapes[range].compactMap { $0 }
    guard let last = links.last else { return nil }
    var (weights, work) = (Int64(0), Int64(0))
    var whole = -Int64(last.rowLength) * Int64(last.height)
    for link in links {
      weights += Int64(link.weightsLength)
      work += link.macCount
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
    let chain = Chain(stripRows: stripRows, parts: parts, buffers: buffers, partLength: length)
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
        sum += link.macCount / Int64(link.height) * Int64(rows.count)
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
      if layout(links, stripRows: middle).length <= options.bufferLength {
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
    var heights: [Int] = []
    var rows = stripRows
    for (before, link) in zip(links, links.dropFirst()).reversed() {
      rows = min(link.inputRowCount(rows), before.height)
      heights.append(rows)
    }
    var buffers: [RowBuffer] = []
    var length = 0
    for (link, height) in zip(links, heights.reversed()) {
      let buffer = RowBuffer(offset: length, rows: height, rowLength: link.rowLength)
      buffers.append(buffer)
      length += MemoryPlan.slotLength(buffer.count)
    }
    return (buffers, length)
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

/// How the output rows of a convolution depend on its input rows, and what they cost.
private struct RowShape {
  /// Of the output.
  let height: Int
  let rowLength: Int
  let macCount: Int64
  let weightsLength: Int
  let stride: Int
  private let extent: Int
  private let padTop: Int
  private let inputHeight: Int

  /// Nil for operations other than convolutions, and where an output row sees padding only.
  init?(_ verified: VerifiedOperation, _ tensors: [Tensor]) {
    let window: Window
    switch verified.operation {
    case .conv2D(let operation): window = operation.window
    case .depthwiseConv2D(let operation): window = operation.window
    case .fullyConnected, .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat,
      .lookup:
      return nil
    }
    let output = tensors[verified.output]
    height = output.height
    rowLength = output.width * output.channels
    macCount = verified.operation.macCount
    weightsLength = verified.operation.weights?.bytes.count ?? 0
    stride = window.strideHeight
    extent = (window.kernelHeight - 1) * window.dilationHeight + 1
    padTop = window.padTop
    inputHeight = tensors[verified.operands[0]].height
    if padTop >= extent || (height - 1) * stride - padTop >= inputHeight { return nil }
  }

  /// How many input rows `rows` output rows are computed from, padding included.
  func inputRowCount(_ rows: Int) -> Int { (rows - 1) * stride + extent }

  /// The input rows that the output rows `rows` are computed from.
  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let first = rows.lowerBound * stride - padTop
    return max(first, 0)..<min(first + inputRowCount(rows.count), inputHeight)
  }
}
