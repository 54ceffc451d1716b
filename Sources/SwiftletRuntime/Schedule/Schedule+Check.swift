extension Schedule {
  /// Throws unless every operation is computed once, in order, and every chain can be: the tensors
  /// inside it are read by the next operation only, and their buffers hold all that it needs.
  ///
  /// `readers` are how many operands and ports read each tensor. Nothing is shared with what made
  /// the schedule: this goes through all strips, row by row, and all parts' channels.
  func check(
    tensors: [Tensor], operations: [any Operation], readers: [Int]
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
    _ operations: ArraySlice<any Operation>, _ tensors: [Tensor], _ readers: [Int]
  ) -> Bool {
    for (operation, before) in zip(operations.dropFirst(), operations) {
      if operation.operands[0] != before.output { return false }
    }
    switch self {
    case .rows(let chain): return chain.isRight(operations, tensors, readers)
    case .channels(let chain): return chain.isRight(operations, tensors, readers)
    }
  }
}

extension RowChain {
  fileprivate func isRight(
    _ operations: ArraySlice<any Operation>, _ tensors: [Tensor], _ readers: [Int]
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
    for rows: Range<Int>, _ operations: ArraySlice<any Operation>, _ tensors: [Tensor]
  ) -> Bool {
    // The row after the last that has been computed of each tensor.
    var done = [Int](repeating: 0, count: operations.count)
    for begin in stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows) {
      var (first, last) = (begin, min(begin + stripRows, rows.upperBound) - 1)
      for index in stride(from: operations.count - 1, through: 0, by: -1) {
        let operation = operations[operations.startIndex + index]
        let height = tensors[operation.operands[0]].height
        guard let (top, bottom) = Self.inputRows(operation, first, last) else {
          return false
        }
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

  /// The first and the last row, padding included, that the output rows `first` to `last` are
  /// computed from; nil for operations that no chain of rows can hold.
  private static func inputRows(
    _ operation: any Operation, _ first: Int, _ last: Int
  ) -> (Int, Int)? {
    let window: Window
    switch operation.rows {
    case .all: return nil
    case .same: return (first, last)
    case .window(let own): window = own
    }
    let top = first * window.strideHeight - window.padTop
    let bottom =
      last * window.strideHeight - window.padTop
      + (window.kernelHeight - 1) * window.dilationHeight
    return (top, bottom)
  }
}

extension ChannelChain {
  fileprivate func isRight(
    _ operations: ArraySlice<any Operation>, _ tensors: [Tensor], _ readers: [Int]
  ) -> Bool {
    guard let first = operations.first, buffers.count == operations.count - 1 else { return false }
    let channels = tensors[first.output].channels
    if blocks < 1 || parts < 1 || parts > tensors[first.output].channelBlocks { return false }
    // The most channels of any step of any part.
    let width = BundleLayout.channelsPerBlock
    var most = 0
    for part in 0..<parts {
      let units = tensors[first.output].channelBlocks
      let (begin, end) = (units * part / parts, units * (part + 1) / parts)
      for block in stride(from: begin, to: end, by: blocks) {
        most = max(most, min(min(block + blocks, end) * width, channels) - block * width)
      }
    }
    var length = 0
    for index in 0..<operations.count {
      let operation = operations[operations.startIndex + index]
      if !Self.isLink(operation, index, of: operations.count) { return false }
      let tensor = tensors[operation.output]
      if tensor.channels != channels { return false }
      guard index < buffers.count else { break }
      guard let buffer = buffers[index] else {
        // Only a mean can read channels of a whole tensor.
        guard case .last = operations[operations.startIndex + index + 1].channels
        else { return false }
        continue
      }
      if readers[operation.output] != 1 || buffer.offset < length
        || buffer.offset % BundleLayout.alignment != 0 || buffer.count < tensor.pixels * most
      {
        return false
      }
      length = buffer.offset + buffer.count
    }
    return length <= partLength && partLength % BundleLayout.alignment == 0
  }

  /// Whether the operation can be number `index` of `count` of a chain: each channel of its output
  /// is computed from all channels of a whole tensor, or else from the same channel.
  private static func isLink(_ operation: any Operation, _ index: Int, of count: Int) -> Bool {
    if operation.operands.count != 1 { return false }
    switch operation.channels {
    case .first: return index == 0
    case .same: return index > 0
    case .last: return index > 0 && index == count - 1
    case .all: return false
    }
  }
}
