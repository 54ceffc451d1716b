/// Finds out whether operations can be chained and are better chained.
struct ChainFinder {
  private let tensors: [Tensor]
  private let operations: [VerifiedOperation]
  private let options: ChainOptions
  /// How many operands and ports read each tensor.
  private var readers: [Int]

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
  }

  /// The chain of the operations `range`, which are two at least; nil when they had better not be
  /// one. All but the last are known to be a chain.
  func chain(_ range: Range<Int>) -> Chain? {
    guard range.count <= options.longestChain, range.upperBound <= operations.count,
      canJoin(range.upperBound - 1)
    else { return nil }
    var weights = 0
    var work = 0
    var whole = 0
    for index in range {
      let operation = operations[index].operation
      weights += operation.weights?.bytes.count ?? 0
      work += operation.macCount
      if index < range.upperBound - 1 { whole += tensors[operations[index].output].count }
    }
    if weights > options.largestWeights { return nil }
    let rows = tensors[operations[range.upperBound - 1].output].height
    let parts = StepBuilder.parts(threads: options.threads, units: rows, work: work)
    if !dealsWell(range, rows: rows, parts: parts, work: work) { return nil }

    let chain = layout(range, stripRows: stripRows(range, (rows + parts - 1) / parts), parts: parts)
    return chain.scratchLength < whole ? chain : nil
  }

  /// Whether the operation can be chained to the one before it.
  private func canJoin(_ index: Int) -> Bool {
    let (before, operation) = (operations[index - 1], operations[index])
    guard windowOfRows(index - 1) != nil, windowOfRows(index) != nil else { return false }
    return operation.operands[0] == before.output && readers[before.output] == 1
      && tensors[before.output].count >= options.smallestTensor
  }

  /// The window of an operation that can be part of a chain: a convolution, no row of whose output
  /// is computed from padding alone.
  private func windowOfRows(_ index: Int) -> Window? {
    switch operations[index].operation {
    case .conv2D(let operation): return requireInput(operation.window, operation.input)
    case .depthwiseConv2D(let operation): return requireInput(operation.window, operation.input)
    case .fullyConnected, .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat,
      .lookup:
      return nil
    }
  }

  private func requireInput(_ window: Window, _ input: Int) -> Window? {
    window.hasInputInEachRow(height: tensors[input].height) ? window : nil
  }

  /// Whether no part has much more to compute than its share of `work`.
  private func dealsWell(_ range: Range<Int>, rows: Int, parts: Int, work: Int) -> Bool {
    if parts == 1 { return true }
    var largest = 0
    for part in 0..<parts {
      var sum = 0
      var needed = rows * part / parts..<rows * (part + 1) / parts
      for index in range.reversed() {
        guard let window = windowOfRows(index) else { return false }
        let verified = operations[index]
        sum += verified.operation.macCount / tensors[verified.output].height * needed.count
        needed = window.inputRows(for: needed, height: tensors[verified.operands[0]].height)
      }
      largest = max(largest, sum)
    }
    return largest * parts <= work + work / options.largestOverhead
  }

  /// As many rows as fit into the buffers, but strips of even height.
  private func stripRows(_ range: Range<Int>, _ rows: Int) -> Int {
    if let fixed = options.stripRows { return max(1, min(fixed, rows)) }
    var (fits, tooMany) = (1, rows + 1)
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      if layout(range, stripRows: middle, parts: 1).partLength <= options.bufferLength {
        fits = middle
      } else {
        tooMany = middle
      }
    }
    let strips = (rows + fits - 1) / fits
    return (rows + strips - 1) / strips
  }

  /// Places the buffers, each as tall as the first strip needs, which is the tallest.
  private func layout(_ range: Range<Int>, stripRows: Int, parts: Int) -> Chain {
    var heights: [Int] = []
    var rows = stripRows
    for index in range.dropFirst().reversed() {
      guard let window = windowOfRows(index) else { continue }
      rows = min(window.inputRowCount(rows), tensors[operations[index].operands[0]].height)
      heights.append(rows)
    }
    var buffers: [RowBuffer] = []
    var length = 0
    for (index, rows) in zip(range, heights.reversed()) {
      let tensor = tensors[operations[index].output]
      let buffer = RowBuffer(
        offset: length, rows: rows, rowLength: tensor.width * tensor.channels)
      buffers.append(buffer)
      length += MemoryPlan.slotLength(buffer.count)
    }
    return Chain(stripRows: stripRows, parts: parts, buffers: buffers, partLength: length)
  }
}

extension Window {
  /// How many input rows `rows` output rows are computed from, padding included.
  func inputRowCount(_ rows: Int) -> Int {
    (rows - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1
  }

  /// The rows of an input of `height` rows that the output rows `rows` are computed from.
  func inputRows(for rows: Range<Int>, height: Int) -> Range<Int> {
    let first = rows.lowerBound * strideHeight - padTop
    return max(first, 0)..<min(first + inputRowCount(rows.count), height)
  }

  /// Whether the window of every output row reaches into an input of `height` rows.
  func hasInputInEachRow(height: Int) -> Bool {
    padTop < inputRowCount(1) && (outputHeight(height) - 1) * strideHeight - padTop < height
  }
}
