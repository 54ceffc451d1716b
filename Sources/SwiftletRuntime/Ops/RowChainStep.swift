/// The calls of a chain of rows, for the output rows of any part.
final class RowChainStep {
  /// `count` for each part.
  private let links: UnsafeMutableBufferPointer<RowChainLink>
  /// Operations.
  private let count: Int
  private let stripRows: Int32

  init(_ links: [RowChainLink], count: Int, stripRows: Int) {
    self.links = .allocate(capacity: links.count)
    _ = self.links.initialize(from: links)
    self.count = count
    self.stripRows = Int32(stripRows)
  }

  deinit {
    links.deinitialize()
    links.deallocate()
  }

  /// Computes output rows `rows` of the last operation with the buffers of part `part`.
  func run(_ rows: Range<Int32>, part: Int32) {
    guard let first = links.baseAddress else { return }
    let links = first + Int(part) * count
    for index in 0..<count { links[index].held = 0..<0 }
    var begin = rows.lowerBound
    while begin < rows.upperBound {
      let end = min(begin + stripRows, rows.upperBound)
      Self.compute(links, count - 1, begin..<end)
      begin = end
    }
  }

  /// Computes output rows `rows` of operation `index`, after the rows of the operations before it
  /// that they need and that no earlier strip has left in the buffers.
  private static func compute(
    _ links: UnsafeMutablePointer<RowChainLink>, _ index: Int, _ rows: Range<Int32>
  ) {
    let needed = links[index].call.inputRows(for: rows)
    var input = links[index].input
    if index == 0 {
      input += Int(needed.lowerBound) * links[index].call.inputRowLength
    } else {
      let new = links[index - 1].keep(needed)
      if new.length > 0 { compute(links, index - 1, new) }
    }
    let place = links[index].place(of: rows.lowerBound)
    links[index].call.body(rows, needed, input, place)
  }
}

/// One operation of a chain of rows, with the addresses that one part uses.
struct RowChainLink {
  let call: RowCall
  /// A whole tensor or, between two links, a buffer of rows.
  let input: UnsafePointer<Int8>
  /// A whole tensor or, between two links, a buffer of rows.
  let output: UnsafeMutablePointer<Int8>
  /// The output rows in the buffer, the first of them at its start; empty without a buffer.
  var held: Range<Int32> = 0..<0

  /// Where an output row stands.
  func place(of row: Int32) -> UnsafeMutablePointer<Int8> {
    output + (Int(row) - Int(held.lowerBound)) * call.outputRowLength
  }

  /// Makes the buffer hold output rows `rows` and returns those of them that it lacks, the last
  /// ones, for which there is room now. Successive calls go down the tensor.
  mutating func keep(_ rows: Range<Int32>) -> Range<Int32> {
    let newBegin = max(rows.lowerBound, held.upperBound)
    let kept = Int(newBegin - rows.lowerBound)
    let dropped = Int(rows.lowerBound - held.lowerBound)
    if kept > 0 && dropped > 0 {
      // The rows may overlap their new place, which this copies right.
      let count = kept * call.outputRowLength
      output.update(from: output + dropped * call.outputRowLength, count: count)
    }
    held = rows
    return newBegin..<rows.upperBound
  }
}
