internal import CSwiftletKernels

/// What pools of both kinds have in common.
struct Pool: Sendable {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlPoolParams>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int32, Int32
    ) -> Void

  let window: Window
  let clamp: OutputClamp

  /// Checks that the window fits, that each place of it holds a pixel, and the output's shape.
  init(_ window: Window, _ clamp: OutputClamp, _ reader: OperationReader) throws(BundleError) {
    let shape = reader.input
    try reader.requireOperands(1)
    try window.requireFit(reader)
    try window.requireTapInEachWindow(reader)
    try reader.requireShape(
      window.outputHeight(shape.height), window.outputWidth(shape.width), shape.channels)
    self.window = window
    self.clamp = clamp
  }

  /// Taps of all windows.
  func movedCount(_ output: Tensor) -> Int64 {
    Int64(output.elementCount) * Int64(window.tapCount)
  }

  func addSteps(
    to builder: inout StepBuilder, _ operation: some Operation, _ kernel: @escaping Kernel,
    countsPadding: Bool = false, inputZeroPoint: Int = 0,
    entries: UnsafePointer<SwlMeanEntry>? = nil
  ) {
    let (input, output) = (builder.input(operation.operands[0]), builder.output(operation.output))
    let inputShape = builder.tensor(operation.operands[0])
    let outputShape = builder.tensor(operation.output)
    let parameters = SwlPoolParams(
      in_h: Int32(inputShape.height), in_w: Int32(inputShape.width),
      channels: Int32(inputShape.channels),
      out_h: Int32(outputShape.height), out_w: Int32(outputShape.width),
      kernel_h: Int32(window.kernelHeight), kernel_w: Int32(window.kernelWidth),
      stride_h: Int32(window.strideHeight), stride_w: Int32(window.strideWidth),
      pad_top: Int32(window.padTop), pad_left: Int32(window.padLeft),
      counts_padding: countsPadding ? 1 : 0, input_zero_point: Int32(inputZeroPoint),
      entries: entries, lo: Int32(clamp.lo), hi: Int32(clamp.hi))
    builder.append(units: outputShape.height, work: operation.work) { rows, _ in
      var parameters = parameters
      kernel(&parameters, input, output, rows.lowerBound, rows.upperBound)
    }
  }
}
