/// Finds the operations that can be chained, and those that are better chained.
struct ChainFinder {
  let tensors: [Tensor]
  let operations: [any Operation]
  let options: ChainOptions
  /// How many operands and ports read each tensor.
  private(set) var readers: [Int]
  /// Of each operation; nil where it cannot be part of a chain of rows.
  private(set) var rowShapes: [RowShape?] = []

  init(
    tensors: [Tensor], operations: [any Operation], outputs: [Port], options: ChainOptions
  ) {
    self.tensors = tensors
    self.operations = operations
    self.options = options
    readers = [Int](repeating: 0, count: tensors.count)
    for port in outputs { readers[port.tensor] += 1 }
    for operation in operations {
      for operand in operation.operands { readers[operand] += 1 }
    }
    rowShapes = operations.map { RowShape($0, tensors) }
  }

  /// Divides all operations into stages so that the least memory is written: whole tensors, and rows
  /// that are moved within buffers to be read again.
  func stages() -> [Schedule.Stage] {
    // The best stages for the operations before each, by the last of them.
    var best = [(cost: Int64, stage: Schedule.Stage)?](repeating: nil, count: operations.count + 1)
    for begin in 0..<operations.count {
      let before = begin == 0 ? 0 : best[begin]?.cost ?? 0
      func offer(_ end: Int, _ chain: Chain?, moved: Int64) {
        let stage = Schedule.Stage(operations: begin..<end, chain: chain)
        var cost = before + moved
        for operation in stage.wholeOutputs {
          cost += Int64(tensors[operations[operation].output].byteCount)
        }
        if let other = best[end], other.cost <= cost { return }
        best[end] = (cost, stage)
      }
      offer(begin + 1, nil, moved: 0)
      offerRowChains(from: begin) { offer($0, .rows($1), moved: $2) }
      offerChannelChains(from: begin) { offer($0, .channels($1), moved: 0) }
    }
    var stages: [Schedule.Stage] = []
    var end = operations.count
    while end > 0, let stage = best[end]?.stage {
      stages.append(stage)
      end = stage.operations.lowerBound
    }
    return stages.reversed()
  }
}
