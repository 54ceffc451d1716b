extension MemoryPlan {
  /// Throws unless running `operations` in order with this plan reads only what was meant.
  ///
  /// Nothing is shared with the planner: instead of comparing lifetimes, this walks through the
  /// operations as `run` does, with the list of tensors whose bytes are still wanted, and checks
  /// that no output is written over one of them, nor over an operand that is being read.
  func check(
    tensors: [Tensor], operations: [VerifiedOperation], inputs: [Port], outputs: [Port],
    keepsAllTensors: Bool
  ) throws(BundleError) {
    try checkBounds(tensors: tensors, operations: operations)

    // How many operations have yet to read each tensor; the caller reads the outputs.
    var readers = [Int](repeating: keepsAllTensors ? 1 : 0, count: tensors.count)
    for port in outputs { readers[port.tensor] += 1 }
    for operation in operations {
      for operand in operation.operands { readers[operand] += 1 }
    }
    var live: [Int] = []
    for port in inputs {
      try checkApart(port.tensor, from: live, tensors)
      live.append(port.tensor)
    }
    live.removeAll { readers[$0] == 0 }
    for operation in operations {
      try checkApart(operation.output, from: live, tensors)
      for operand in operation.operands {
        try checkApart(operation.output, from: [operand], tensors)
        readers[operand] -= 1
      }
      live.append(operation.output)
      live.removeAll { readers[$0] == 0 }
    }
  }

  private func checkBounds(
    tensors: [Tensor], operations: [VerifiedOperation]
  ) throws(BundleError) {
    if offsets.count != tensors.count || paddingRows.count != tensors.count {
      throw .plan(tensor: tensors.count, other: offsets.count, problem: "has tensors missing")
    }
    for index in 0..<tensors.count {
      try checkRange(offsets[index], tensors[index].count, tensor: index)
      if let row = paddingRows[index] {
        try checkRange(row, tensors[index].channels, tensor: index)
        for other in 0..<tensors.count
        where overlap(row, tensors[index].channels, offsets[other], tensors[other].count) {
          throw .plan(tensor: index, other: other, problem: "has a padding row over a tensor")
        }
        for other in 0..<index {
          if let otherRow = paddingRows[other],
            overlap(row, tensors[index].channels, otherRow, tensors[other].channels)
          {
            throw .plan(tensor: index, other: other, problem: "has overlapping padding rows")
          }
        }
      }
    }
    for operation in operations {
      if let padded = operation.operation.paddedInput, paddingRows[padded] == nil {
        throw .plan(tensor: padded, other: padded, problem: "has a padding row missing")
      }
    }
  }

  private func checkRange(_ offset: Int, _ count: Int, tensor: Int) throws(BundleError) {
    // 64 bytes after the last must be readable as well.
    let isInside =
      offset >= 0 && offset <= length && count + BundleLayout.alignment <= length - offset
    if !isInside || offset % BundleLayout.alignment != 0 {
      throw .plan(tensor: tensor, other: tensor, problem: "has a tensor outside the arena")
    }
  }

  private func checkApart(
    _ tensor: Int, from live: [Int], _ tensors: [Tensor]
  ) throws(BundleError) {
    for other in live
    where overlap(offsets[tensor], tensors[tensor].count, offsets[other], tensors[other].count) {
      throw .plan(tensor: tensor, other: other, problem: "has two live tensors in one place")
    }
  }

  private func overlap(_ a: Int, _ aCount: Int, _ b: Int, _ bCount: Int) -> Bool {
    a < b + bCount && b < a + aCount
  }
}
