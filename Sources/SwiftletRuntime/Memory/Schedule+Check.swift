extension Schedule {
  /// Throws unless every operation is computed once, in order, and every chain can be: the tensors
  /// inside it are read by the next operation only, and their buffers hold all rows it needs.
  ///
  /// `readers` are how many operands and ports read each tensor. Nothing is shared with what made
  /// the schedule: this goes through all strips, row by row.
  func check(
    tensors: [Tensor], operations: [VerifiedOperation], readers: [Int]
  ) throws(BundleError) {
    var next = 0
    for stage in stages {
      let output = stage.operations.last.map { $0 < operations.count ? operations[$0].output : 0 }
      guard let output, stage.operations.lowerBound == next,
        stage.operations.upperBound <= operations.count,
        (stage.operations.count == 1) == (stage.chain == nil)
      else {
        throw .plan(tensor: next, other: next, problem: "has operations out of order")
      }
      next = stage.operations.upperBound
      if let chain = stage.chain {
        let isRight = chain.isRight(operations[stage.operations], tensors, readers)
        if !isRight { throw .plan(tensor: output, other: output, problem: "has a wrong chain") }
      }
    }
    if next != operations.count {
      throw .plan(tensor: next, other: next, problem: "has operations missing")
    }
  }
}

extension Chain {
  fileprivate func isRight(
    _ operations: ArraySlice<VerifiedOperation>, _ tensors: [Tensor], _ readers: [Int]
  ) -> Bool {
    guard let last = operations.last, stripRows >= 1, parts >= 1,
      parts <= tensors[last.output].height, buffers.count == operations.count - 1
    else { return false }
    var end = 0
    for (buffer, operation) in zip(buffers, operations) {
      let tensor = tensors[operation.output]
      let isApart = buffer.offset >= end && buffer.offset % BundleLayout.alignment == 0
      if !isApart || buffer.rows < 1 || buffer.rowLength != tensor.width * tensor.channels
        || readers[operation.output] != 1
      {
        return false
      }
      end = buffer.offset + buffer.count
    }
    if end > partLength || partLength % BundleLayout.alignment != 0 { return false }
    for (operation, before) in zip(operations.dropFirst(), operations) {
      if operation.operands[0] != before.output { return false }
    }
    let height = tensors[last.output].height
    for part in 0..<parts {
      if !buffersSuffice(
        for: height * part / parts..<height * (part + 1) / parts, operations, tensors)
      {
        return false
      }
    }
    return true
  }

  /// Whether every strip of the output rows `rows` finds room for the rows that it is computed from,
  /// and each operation finds a row to read.
  private func buffersSuffice(
    for rows: Range<Int>, _ operations: ArraySlice<VerifiedOperation>, _ tensors: [Tensor]
  ) -> Bool {
    // The row after the last that has been computed of each tensor.
    var done = [Int](repeating: 0, count: operations.count)
    for begin in stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows) {
      var (first, last) = (begin, min(begin + stripRows, rows.upperBound) - 1)
      for (index, operation) in zip(0..<operations.count, operations).reversed() {
        guard let window = operation.operation.window else { return false }
        let height = tensors[operation.operands[0]].height
        let top = first * window.strideHeight - window.padTop
        let bottom =
          last * window.strideHeight - window.padTop
          + (window.kernelHeight - 1) * window.dilationHeight
        if bottom < 0 || top >= height { return false }
        (first, last) = (max(top, 0), min(bottom, height - 1))
        if index == 0 { break }
        if last - first + 1 > buffers[index - 1].rows { return false }
        // Rows that are there already are not computed again.
        first = max(first, done[index - 1])
        if first > last { break }
        done[index - 1] = last + 1
      }
    }
    return true
  }
}
