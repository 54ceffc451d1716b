extension MemoryPlan {
  /// Throws unless running `schedule` with this plan reads only what was meant.
  ///
  /// Nothing is shared with the planner: instead of comparing lifetimes, this walks through the
  /// stages as `run` does, with the list of tensors whose bytes are still wanted, and checks that no
  /// output and no buffer is written over one of them, nor over an operand that is being read: save
  /// that a copy may move bytes to where they are.
  func check(
    tensors: [Tensor], operations: [Operation], inputs: [Port], outputs: [Port],
    schedule: Schedule, threads: Int = 1, keepsAllTensors: Bool
  ) throws(BundleError) {
    // How many operations have yet to read each tensor; the caller reads the outputs.
    var readers = [Int](repeating: keepsAllTensors ? 1 : 0, count: tensors.count)
    for port in outputs { readers[port.tensor] += 1 }
    for operation in operations {
      for operand in operation.operands { readers[operand] += 1 }
    }
    try schedule.check(tensors: tensors, operations: operations, readers: readers)
    try checkBounds(tensors: tensors, operations: operations, schedule: schedule)
    try checkPixelSteps(tensors, operations, inputs + outputs)

    var live: [Int] = []
    for port in inputs {
      for other in live where overlap(port.tensor, other, tensors) {
        throw .plan(tensor: port.tensor, other: other, problem: "has two inputs in one place")
      }
      live.append(port.tensor)
    }
    live.removeAll { readers[$0] == 0 }
    for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
      // Parts of a chain run at the same time: all that it writes is apart from all that it reads,
      // and from each other. Tensors inside have no place, as `checkBounds` has found.
      for operation in stage.operations {
        let output = operations[operation].output
        for other in live where overlap(output, other, tensors) {
          if keepsAllTensors || !keeps(other, under: operations[operation], tensors) {
            throw .plan(
              tensor: output, other: other, problem: "has two live tensors in one place")
          }
        }
        live.append(output)
      }
      if let chain = stage.chain, let offset = scratch[index] {
        for other in live where isOver(offset, chain.scratchLength, other, tensors) {
          throw .plan(tensor: other, other: other, problem: "has buffers over a live tensor")
        }
      }
      if threads > 1 { try checkRoom(stage, scratch[index], tensors, operations) }
      for operation in stage.operations {
        for operand in operations[operation].operands { readers[operand] -= 1 }
      }
      live.removeAll { readers[$0] == 0 }
    }
  }

  /// Throws if one thread may write within the 63 bytes that another reads past an operand of a stage.
  /// Tensors inside the same tensor are side by side by intention: what is read past one of them
  /// belongs to another that was written before.
  private func checkRoom(
    _ stage: Schedule.Stage, _ scratch: Int?, _ tensors: [Tensor], _ operations: [Operation]
  ) throws(BundleError) {
    for operation in stage.operations {
      for operand in operations[operation].operands {
        guard let start = offsets[operand] else { continue }
        let end = start + length(of: operand, tensors[operand])
        let past = BundleLayout.alignment - 1
        for writer in stage.operations {
          let output = operations[writer].output
          guard isOver(end, past, output, tensors), !shareTensor(operand, output, tensors)
          else { continue }
          throw .plan(tensor: output, other: operand, problem: "has no room after a tensor")
        }
        if let chain = stage.chain, let scratch, overlap(end, past, scratch, chain.scratchLength) {
          throw .plan(tensor: operand, other: operand, problem: "has no room before buffers")
        }
      }
    }
  }

  /// Whether there is a tensor that two are inside, or that one of them has the other inside.
  private func shareTensor(_ a: Int, _ b: Int, _ tensors: [Tensor]) -> Bool {
    guard let aStart = offsets[a], let bStart = offsets[b] else { return false }
    let first = min(aStart, bStart)
    let last = max(aStart + length(of: a, tensors[a]), bStart + length(of: b, tensors[b]))
    return tensors.indices.contains { index in
      guard let start = offsets[index] else { return false }
      return start <= first && start + length(of: index, tensors[index]) >= last
    }
  }

  private func checkBounds(
    tensors: [Tensor], operations: [Operation], schedule: Schedule
  ) throws(BundleError) {
    if offsets.count != tensors.count || pixelSteps.count != tensors.count
      || paddingRows.count != tensors.count
      || scratch.count != schedule.stages.count
    {
      throw .plan(tensor: tensors.count, other: offsets.count, problem: "has tensors missing")
    }
    // Tensors inside chains are the only ones without a place.
    var isWhole = [Bool](repeating: true, count: tensors.count)
    for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
      let output = operations[stage.operations.upperBound - 1].output
      for operation in stage.operations where stage.isInside(operation) {
        isWhole[operations[operation].output] = false
      }
      guard let chain = stage.chain else { continue }
      guard let offset = scratch[index] else {
        throw .plan(tensor: output, other: output, problem: "has buffers missing")
      }
      try checkRange(offset, chain.scratchLength, tensor: output)
    }
    for index in 0..<tensors.count {
      if isWhole[index] != (offsets[index] != nil) {
        throw .plan(tensor: index, other: index, problem: "has tensors missing or too many")
      }
      if let offset = offsets[index] {
        try checkRange(
          offset, length(of: index, tensors[index]), tensor: index,
          isAligned: pixelSteps[index] == nil)
      }
    }
    for operation in operations {
      if let padded = operation.paddedInput, paddingRows[padded] == nil {
        throw .plan(tensor: padded, other: padded, problem: "has a padding row missing")
      }
    }
    for index in 0..<tensors.count {
      if let row = paddingRows[index] { try checkPaddingRow(row, of: index, tensors, schedule) }
    }
  }

  /// Throws unless the padding row is apart from everything that is written while running, and from
  /// the padding rows of the tensors before.
  private func checkPaddingRow(
    _ row: Int, of tensor: Int, _ tensors: [Tensor], _ schedule: Schedule
  ) throws(BundleError) {
    let count = tensors[tensor].channels
    try checkRange(row, count, tensor: tensor)
    for other in 0..<tensors.count where isOver(row, count, other, tensors) {
      throw .plan(tensor: tensor, other: other, problem: "has a padding row over a tensor")
    }
    for other in 0..<tensor {
      if let otherRow = paddingRows[other], overlap(row, count, otherRow, tensors[other].channels) {
        throw .plan(tensor: tensor, other: other, problem: "has overlapping padding rows")
      }
    }
    for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
      if let chain = stage.chain, let offset = scratch[index],
        overlap(row, count, offset, chain.scratchLength)
      {
        throw .plan(tensor: tensor, other: index, problem: "has a padding row over buffers")
      }
    }
  }

  private func checkRange(
    _ offset: Int, _ count: Int, tensor: Int, isAligned: Bool = true
  ) throws(BundleError) {
    // 64 bytes after the last must be readable as well.
    let isInside =
      offset >= 0 && offset <= length && count + BundleLayout.alignment <= length - offset
    if !isInside || isAligned && offset % BundleLayout.alignment != 0 {
      throw .plan(tensor: tensor, other: tensor, problem: "has a tensor outside the arena")
    }
  }

  /// Whether the `count` bytes from `offset` on overlap the tensor, if that has a place.
  private func isOver(_ offset: Int, _ count: Int, _ tensor: Int, _ tensors: [Tensor]) -> Bool {
    guard let other = offsets[tensor] else { return false }
    return overlap(offset, count, other, length(of: tensor, tensors[tensor]))
  }

  private func overlap(_ a: Int, _ aCount: Int, _ b: Int, _ bCount: Int) -> Bool {
    a < b + bCount && b < a + aCount
  }
}
