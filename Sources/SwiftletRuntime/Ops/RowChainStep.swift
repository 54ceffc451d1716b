internal import CSwiftletKernels

/// The calls of a chain of rows, for the output rows of one part.
///
/// Owns nothing: the links, `count` for each part, belong to the list of steps.
struct RowChainStep {
  let links: UnsafeMutablePointer<RowChainLink>
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
    _ links: UnsafeMutablePointer<RowChainLink>, _ index: Int, _ rows: Range<Int32>
  ) {
    let needed = links[index].inputRows(for: rows)
    var input = links[index].input
    if index == 0 {
      input += Int(needed.lowerBound) * links[index].inputRowLength
    } else {
      let new = links[index - 1].keep(needed)
      if new.length > 0 { compute(links, index - 1, new) }
    }
    links[index].run(rows, from: needed, at: input)
  }
}

/// One operation of a chain of rows, with the addresses that one part uses.
struct RowChainLink {
  enum Call {
    case conv(ConvStep)
    case multiply(MultiplyStep)
    case lookup(LookupStep)
  }

  /// Reads and writes whole tensors or, between two links, a buffer of rows.
  let call: Call
  /// Bytes of a row.
  let inputRowLength: Int
  private let outputRowLength: Int
  private let stride: Int32
  private let padTop: Int32
  /// Input rows from the first to the last that an output row is computed from, padding included.
  private let extent: Int32
  private let inputHeight: Int32
  /// The output rows in the buffer, the first of them at its start; empty without a buffer.
  var held: Range<Int32> = 0..<0

  init(_ step: ConvStep) {
    let parameters = step.parameters
    call = .conv(step)
    inputRowLength = Int(parameters.in_w) * Int(parameters.in_c)
    outputRowLength = Int(parameters.out_w) * Int(parameters.out_c)
    stride = parameters.stride_h
    padTop = parameters.pad_top
    extent = (parameters.kernel_h - 1) * parameters.dilation_h + 1
    inputHeight = parameters.in_h
  }

  /// An operation on each element of a tensor of this shape: a table, or a gate per channel.
  init(_ call: Call, _ shape: Tensor) {
    self.call = call
    inputRowLength = shape.width * shape.channels
    outputRowLength = inputRowLength
    (stride, padTop, extent) = (1, 0, 1)
    inputHeight = Int32(shape.height)
  }

  var input: UnsafePointer<Int8> {
    switch call {
    case .conv(let step): return step.input
    case .multiply(let step): return step.input
    case .lookup(let step): return step.input
    }
  }

  private var output: UnsafeMutablePointer<Int8> {
    switch call {
    case .conv(let step): return step.output
    case .multiply(let step): return step.output
    case .lookup(let step): return step.output
    }
  }

  /// The input rows that the output rows `rows` are computed from, one at least.
  func inputRows(for rows: Range<Int32>) -> Range<Int32> {
    let first = rows.lowerBound * stride - padTop
    let end = (rows.upperBound - 1) * stride - padTop + extent
    return max(first, 0)..<min(end, inputHeight)
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
      output.update(from: output + dropped * outputRowLength, count: count)
    }
    held = rows
    return newBegin..<rows.upperBound
  }

  /// Computes output rows `rows` from the input rows `inputRows`, which start at `input`.
  func run(
    _ rows: Range<Int32>, from inputRows: Range<Int32>, at input: UnsafePointer<Int8>
  ) {
    let place = output + (Int(rows.lowerBound) - Int(held.lowerBound)) * outputRowLength
    switch call {
    case .multiply(let step):
      step.run(
        pixels: Int(rows.length) * inputRowLength / Int(step.parameters.channels), input, place)
    case .lookup(let step):
      step.kernel(step.table, input, place, Int64(Int(rows.length) * inputRowLength))
    case .conv(let step):
      var parameters = step.parameters
      parameters.pad_top = inputRows.lowerBound - (rows.lowerBound * stride - padTop)
      parameters.in_h = inputRows.length
      parameters.out_h = rows.length
      swl_epilogue_advance(&parameters.epilogue, Int(rows.lowerBound) * outputRowLength)
      if step.isPointwise { parameters.takeAsOneRow() }
      step.kernel(&parameters, input, place, 0, parameters.out_h)
    }
  }
}
