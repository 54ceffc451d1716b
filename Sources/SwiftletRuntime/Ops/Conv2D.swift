internal import CSwiftletKernels

/// A convolution of any kernel, stride, dilation, padding and grouping.
struct Conv2D: Sendable {
  let input: Int
  /// The second operand, where the epilogue adds one.
  let skip: Int?
  let output: Int
  let window: Window
  let groups: Int
  let weights: ByteView
  let blocks: ChannelBlocks
  let epilogue: Epilogue
  let macCount: Int64

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(Conv2DParameters.self)
    epilogue = parameters.epilogue
    try epilogue.requireOperands(reader, allowsAdd: true)
    input = reader.operands[0]
    output = reader.output
    skip = epilogue.kind == .add ? reader.operands[1] : nil
    window = parameters.window
    try window.requireFit(reader)
    let (inputTensor, outputTensor) = (reader.input, reader.outputTensor)
    groups = parameters.groups
    try reader.check.require(
      inputTensor.channels % groups == 0 && outputTensor.channels % groups == 0,
      "groups", groups, "a divisor of the input's and of the output's channels")
    try reader.requireShape(
      window.outputHeight(inputTensor.height), window.outputWidth(inputTensor.width),
      outputTensor.channels)

    let layout = WeightLayout.convolution(
      window, inputs: inputTensor.channels, outputs: outputTensor.channels, groups: groups)
    weights = try reader.weights(layout, at: parameters.weightsOffset)
    blocks = try ChannelBlocks(reader, of: Conv2DParameters.self, layout, epilogue.kind)
    macCount = try reader.macCount(
      outputTensor.elementCount, window.tapCount, inputTensor.channels / groups)
  }

  func addSteps(to builder: inout StepBuilder) {
    let step = step(builder, from: builder.input(input), to: builder.output(output))
    let shape = builder.tensor(output)
    let units = window.isPointwise ? shape.pixels : shape.height
    builder.append(.conv(step), units: units, work: macCount)
  }

  /// The kernel call, with the addresses that the operation reads and writes.
  func step(
    _ builder: StepBuilder, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> ConvStep {
    var parameters = ConvStep.parameters(
      builder.tensor(input), builder.tensor(output), window, weights: weights, blocks: blocks,
      paddingRow: builder.paddingRow(for: input), epilogue: epilogue.parameters(skip: skip.map { builder.input($0) }))
    parameters.groups = Int32(groups)
    return ConvStep(
      parameters: parameters, input: source, output: destination, kernel: builder.kernels.conv2d,
      isPointwise: window.isPointwise)
  }
}

extension OperationReader {
  /// The product of three positive counts, refused when it is more than a bundle may ask for.
  func macCount(_ outputs: Int, _ taps: Int, _ channels: Int) throws(BundleError) -> Int64 {
    let limit = BundleLayout.maximumMacCount
    guard let count = CheckedArithmetic.product(outputs, taps, channels, limit: limit) else {
      throw .limit("multiply-accumulates", found: .max, maximum: limit)
    }
    return count
  }
}
