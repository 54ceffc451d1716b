internal import CSwiftletKernels

/// The largest value of a sliding window; padding is left out.
struct MaxPool: Sendable {
  let input: Int
  let output: Int
  let window: Window
  let clamp: OutputClamp

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    let parameters = try reader.decode(MaxPoolParameters.self)
    _ = try reader.arrays(of: MaxPoolParameters.self, length: 0)
    input = reader.operands[0]
    output = reader.output
    window = parameters.window
    try window.requireFit(reader)
    let shape = reader.input
    try window.requireTapInEachWindow(reader)
    try reader.requireShape(
      window.outputHeight(shape.height), window.outputWidth(shape.width), shape.channels)
    clamp = parameters.clamp
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
      .pool(step), units: shape.height, work: Int64(shape.elementCount) * Int64(window.tapCount))
  }
}
