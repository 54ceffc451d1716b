internal import CSwiftletKernels

/// The calls of a chain of convolutions, for the output rows of one part.
///
/// Owns nothing: the links, `count` for each part, belong to the list of steps.
struct ChainStep {
  let links: UnsafeMutablePointer<ChainLink>
  /// Operations.
  let count: Int
  let stripRows: Int32

  /// Computes output rows `rows` of the last operation with the buffers of part `part`.
  func run(_ rows: Range<Int32>, part: Int32) {
    let links = links + Int(part) * count
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
    _ links: UnsafeMutablePointer<ChainLink>, _ index: Int, _ rows: Range<Int32>
  ) {
    let needed = links[index].inputRows(for: rows)
    var input = links[index].input
    if index == 0 {
      input += Int(needed.lowerBound) * links[index].inputRowLength
    } else {
      let new = links[index - 1].keep(needed)
      if !new.isEmpty { compute(links, index - 1, new) }
    }
    links[index].run(rows, from: needed, at: input)
  }
}

/// One operation of a chain, with the addresses that one part uses.
struct ChainLink {
  /// Reads and writes whole tensors or, between two links, a buffer of rows.
  let step: ConvStep
  /// What it computes in a whole run.
  let macCount: Int64
  /// The output rows in the buffer, the first of them at its start; empty without a buffer.
  var held: Range<Int32> = 0..<0

  var input: UnsafePointer<Int8> { step.input }

  /// Bytes of a row.
  var inputRowLength: Int { Int(step.parameters.in_w) * Int(step.parameters.in_c) }
  private var outputRowLength: Int { Int(step.parameters.out_w) * Int(step.parameters.out_c) }

  /// The input rows that the output rows `rows` are computed from, one at least.
  func inputRows(for rows: Range<Int32>) -> Range<Int32> {
    let parameters = step.parameters
    let first = rows.lowerBound * parameters.stride_h - parameters.pad_top
    let last =
      (rows.upperBound - 1) * parameters.stride_h - parameters.pad_top
      + (parameters.kernel_h - 1) * parameters.dilation_h
    return max(first, 0)..<min(last + 1, parameters.in_h)
  }

  /// Makes the buffer hold output rows `rows` and returns those of them that it lacks, the last
  /// ones, for which there is room now. Successive calls go down the tensor.
  mutating func keep(_ rows: Range<Int32>) -> Range<Int32> {
    let newBegin = max(rows.lowerBound, held.upperBound)
    let kept = Int(newBegin - rows.lowerBound)
    let dropped = Int(rows.lowerBound - held.lowerBound)
    if kept > 0 && dropped > 0 {
      // The rows may overlap their new place, which this copies right.
      let count = kept * outputRowLength
      step.output.update(from: step.output + dropped * outputRowLength, count: count)
    }
    held = rows
    return newBegin..<rows.upperBound
  }

  /// Computes output rows `rows` from the input rows `inputRows`, which start at `input`.
  func run(
    _ rows: Range<Int32>, from inputRows: Range<Int32>, at input: UnsafePointer<Int8>
  ) {
    let firstRow = Int(rows.lowerBound)
    var parameters = step.parameters
    parameters.pad_top =
      inputRows.lowerBound - (rows.lowerBound * parameters.stride_h - parameters.pad_top)
    parameters.in_h = Int32(inputRows.count)
    parameters.out_h = Int32(rows.count)
    if let skip = parameters.epilogue.skip {
      parameters.epilogue.skip = skip + firstRow * outputRowLength
    }
    if step.isPointwise {
      // All pixels are one row, as in `ConvStep`.
      (parameters.in_w, parameters.in_h) = (parameters.in_w * parameters.in_h, 1)
      (parameters.out_w, parameters.out_h) = (parameters.out_w * parameters.out_h, 1)
    }
    let place = (firstRow - Int(held.lowerBound)) * outputRowLength
    step.kernel(&parameters, input, step.output + place, 0, parameters.out_h)
  }
}
