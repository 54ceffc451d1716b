internal import CSwiftletKernels

/// The mean over a sliding window, of the taps inside the input or, when padding counts, of all.
struct AveragePool: Sendable {
  let input: Int
  let output: Int
  let window: Window
  let countsPadding: Bool
  let inputZeroPoint: Int32
  let entries: MeanEntries
  let clamp: OutputClamp

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    let parameters = try reader.decode(AveragePoolParameters.self)
    input = reader.operands[0]
    output = reader.output
    window = parameters.window
    try window.requireFit(reader)
    let shape = reader.input
    try window.requireTapInEachWindow(reader)
    try reader.requireShape(
      window.outputHeight(shape.height), window.outputWidth(shape.width), shape.channels)
    try reader.requireUniform(shape, "operand")
    inputZeroPoint = Int32(reader.zeroPoint(shape, channel: 0))
    countsPadding = parameters.countsPadding
    entries = try MeanEntries(
      reader, of: AveragePoolParameters.self, counts: 1...window.tapCount)
    clamp = parameters.clamp
  }

  func addSteps(to builder: inout StepBuilder) {
    let step = PoolStep(
      parameters: PoolStep.parameters(
        builder.tensor(input), builder.tensor(output), window, countsPadding: countsPadding,
        inputZeroPoint: inputZeroPoint, entries: entries.pointer, clamp: clamp),
      input: builder.input(input), output: builder.output(output),
      kernel: builder.kernels.avgpool)
    let shape = builder.tensor(output)
    builder.append(
      .pool(step), units: shape.height, work: Int64(shape.elementCount) * Int64(window.tapCount))
  }
}

/// A call of a pooling kernel, for the output rows of one part.
struct PoolStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlPoolParams>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int32, Int32
    ) -> Void

  let parameters: SwlPoolParams
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let kernel: Kernel

  func run(_ units: Range<Int32>) {
    var parameters = parameters
    kernel(&parameters, input, output, units.lowerBound, units.upperBound)
  }

  static func parameters(
    _ input: Tensor, _ output: Tensor, _ window: Window, countsPadding: Bool,
    inputZeroPoint: Int32, entries: UnsafePointer<SwlMeanEntry>?, clamp: OutputClamp
  ) -> SwlPoolParams {
    SwlPoolParams(
      in_h: Int32(input.height), in_w: Int32(input.width), channels: Int32(input.channels),
      out_h: Int32(output.height), out_w: Int32(output.width),
      kernel_h: Int32(window.kernelHeight), kernel_w: Int32(window.kernelWidth),
      stride_h: Int32(window.strideHeight), stride_w: Int32(window.strideWidth),
      pad_top: Int32(window.padTop), pad_left: Int32(window.padLeft),
      counts_padding: countsPadding ? 1 : 0, input_zero_point: inputZeroPoint, entries: entries,
      lo: Int32(clamp.lo), hi: Int32(clamp.hi))
  }
}
