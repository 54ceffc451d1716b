/// A kernel call for some rows of an operation.
struct RowCall {
  /// Computes output rows `rows` at `output` from the input rows `inputRows` at `input`: the addresses
  /// are of the first of these rows.
  typealias Body = (
    _ rows: Range<Int32>, _ inputRows: Range<Int32>, _ input: UnsafePointer<Int8>,
    _ output: UnsafeMutablePointer<Int8>
  ) -> Void

  /// Bytes of a row.
  let inputRowLength: Int
  let outputRowLength: Int
  /// Input rows from one output row to the next.
  let stride: Int32
  let padTop: Int32
  /// Input rows from the first to the last that an output row is computed from, padding included.
  let extent: Int32
  let inputHeight: Int32
  let body: Body

  /// The call of an operation with this window, or of one that reads the same row; output pixels are
  /// `pixelStep` bytes apart, or side by side.
  init(
    _ window: Window?, input: Tensor, output: Tensor, pixelStep: Int? = nil,
    body: @escaping Body
  ) {
    inputRowLength = input.width * input.channels
    outputRowLength = output.width * (pixelStep ?? output.channels)
    stride = Int32(window?.strideHeight ?? 1)
    padTop = Int32(window?.padTop ?? 0)
    extent = Int32(window.map { ($0.kernelHeight - 1) * $0.dilationHeight + 1 } ?? 1)
    inputHeight = Int32(input.height)
    self.body = body
  }

  /// The input rows that the output rows `rows` are computed from, one at least.
  func inputRows(for rows: Range<Int32>) -> Range<Int32> {
    let first = rows.lowerBound * stride - padTop
    let end = (rows.upperBound - 1) * stride - padTop + extent
    return max(first, 0)..<min(end, inputHeight)
  }
}
