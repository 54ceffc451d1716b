/// How the output rows of an operation depend on its input rows, and what they cost.
struct RowShape {
  /// Of the output.
  let height: Int
  let rowLength: Int
  let work: Int64
  let weightsLength: Int
  let stride: Int
  private let extent: Int
  private let padTop: Int
  private let inputHeight: Int

  /// Nil for operations that cannot be computed by rows, and where an output row sees padding only.
  init?(_ operation: any Operation, _ tensors: [Tensor]) {
    let output = tensors[operation.output]
    height = output.height
    rowLength = output.width * output.channels
    work = operation.work
    weightsLength = operation.weights?.bytes.count ?? 0
    inputHeight = tensors[operation.operands[0]].height
    switch operation.rows {
    case .all: return nil
    case .same: (stride, extent, padTop) = (1, 1, 0)
    case .window(let window):
      stride = window.strideHeight
      extent = (window.kernelHeight - 1) * window.dilationHeight + 1
      padTop = window.padTop
    }
    if padTop >= extent || (height - 1) * stride - padTop >= inputHeight { return nil }
  }

  /// How many input rows `rows` output rows are computed from, padding included.
  func inputRowCount(_ rows: Int) -> Int { (rows - 1) * stride + extent }

  /// The input rows that the output rows `rows` are computed from.
  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let first = rows.lowerBound * stride - padTop
    return max(first, 0)..<min(first + inputRowCount(rows.count), inputHeight)
  }
}
