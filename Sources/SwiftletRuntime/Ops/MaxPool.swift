internal import CSwiftletKernels

/// The largest value of a sliding window; padding is left out.
struct MaxPool: Sendable {
  let input: Int
  let output: Int
  let window: Window
  let clamp: OutputClamp

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    try reader.requireZeros(except: [.window, .clamp])
    input = reader.operands[0]
    output = reader.output
    window = try Window(reader, dilated: false)
    let shape = reader.input
    try window.requireTapInEachWindow(reader)
    try reader.requireShape(
      window.outputHeight(shape.height), window.outputWidth(shape.width), shape.channels)
    clamp = try reader.clamp()
  }

  func addSteps(to builder: inout StepBuilder) {
    let step = PoolStep(
      parameters: PoolStep.parameters(
        builder.tensor(input), builder.tensor(output), window, countsPadding: false,
        inputZeroPoint: 0, entries: nil, clamp: clamp),
      input: builder.input(input), output: builder.output(output),
      kernel: builder.kernels.maxpool)
    let shape = builder.tensor(output)
    builder.append(
      .pool(step), units: shape.height, work: Int64(shape.count) * Int64(window.tapCount))
  }
}
