internal import CSwiftletKernels

/// A convolution of each channel with a kernel of its own.
struct DepthwiseConv2D: Sendable {
  let input: Int
  let output: Int
  let window: Window
  let weights: ByteView
  let blocks: ChannelBlocks
  let epilogue: Epilogue
  let macCount: Int64

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(DepthwiseConv2DParameters.self)
    epilogue = parameters.epilogue
    try epilogue.requireOperands(reader, allowsAdd: false)
    input = reader.operands[0]
    output = reader.output
    window = parameters.window
    try window.requireFit(reader)
    let (inputTensor, outputTensor) = (reader.input, reader.outputTensor)
    try reader.requireShape(
      window.outputHeight(inputTensor.height), window.outputWidth(inputTensor.width),
      inputTensor.channels)

    let layout = WeightLayout.depthwise(window, channels: inputTensor.channels)
    weights = try reader.weights(layout, at: parameters.weightsOffset)
    blocks = try ChannelBlocks(reader, of: DepthwiseConv2DParameters.self, layout, epilogue.kind)
    macCount = try reader.macCount(outputTensor.elementCount, window.tapCount, 1)
  }

  func addSteps(to builder: inout StepBuilder) {
    let step = step(builder, from: builder.input(input), to: builder.output(output))
    builder.append(.conv(step), units: builder.tensor(output).height, work: macCount)
  }

  /// The kernel call, with the addresses that the operation reads and writes.
  func step(
    _ builder: StepBuilder, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> ConvStep {
    let shape = builder.tensor(input)
    var parameters = ConvStep.parameters(
      shape, builder.tensor(output), window, weights: weights, blocks: blocks,
      paddingRow: builder.paddingRow(for: input), epilogue: epilogue.parameters(skip: nil))
    parameters.groups = Int32(shape.channels)
    return ConvStep(
      parameters: parameters, input: source, output: destination, kernel: builder.kernels.dwconv,
      isPointwise: false)
  }
}
