internal import CSwiftletKernels

/// A convolution of each channel with a kernel of its own.
final class DepthwiseConv2D: Operation, @unchecked Sendable {
  private let convolution: Convolution

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(DepthwiseConv2DParameters.self)
    try parameters.epilogue.requireOperands(reader, allowsAdd: false)
    let (input, output) = (reader.input, reader.outputTensor)
    try parameters.window.requireFit(reader)
    try reader.requireShape(
      parameters.window.outputHeight(input.height), parameters.window.outputWidth(input.width),
      input.channels)
    let layout = WeightLayout.depthwise(parameters.window, channels: input.channels)
    let packed = try PackedWeights(
      reader, of: DepthwiseConv2DParameters.self, layout, at: parameters.weightsOffset,
      parameters.epilogue.kind)
    let macCount = try reader.macCount(output.elementCount, parameters.window.tapCount, 1)
    convolution = Convolution(
      window: parameters.window, epilogue: parameters.epilogue, weights: packed,
      operands: reader.operands, output: reader.output)
    super.init(
      reader.header, epilogue: parameters.epilogue.kind, macCount: macCount,
      window: parameters.window, weights: packed)
  }

  override var name: StaticString { "depthwiseConv2D" }
  override var paddedInput: Int? { operands[0] }
  override var writesPixelSteps: Bool { true }
  override var rows: RowDependence { .window(convolution.window) }
  override var channels: ChannelDependence { .same }

  private func parameters(_ builder: StepBuilder) -> SwlConvParams {
    convolution.parameters(builder, groups: builder.tensor(operands[0]).channels)
  }

  override func addSteps(to builder: inout StepBuilder) {
    let (input, output) = (builder.input(operands[0]), builder.output(output))
    let (parameters, kernel) = (parameters(builder), builder.kernels.dwconv)
    builder.append(units: builder.tensor(self.output).height, work: work) { rows, _ in
      var parameters = parameters
      kernel(&parameters, input, output, rows.lowerBound, rows.upperBound)
    }
  }

  override func rowCall(_ builder: StepBuilder) -> RowCall {
    convolution.rowCall(builder, parameters(builder), builder.kernels.dwconv)
  }

  override func channelCall(_ builder: StepBuilder) -> ChannelCall {
    let (parameters, kernel) = (parameters(builder), builder.kernels.dwconv)
    let blockLength = convolution.weights.blocks.layout.blockLength
    return { slice in
      var parameters = parameters
      let step = slice.outputStep(Int(parameters.out_step))
      parameters.selectOutput(slice, blockLength: blockLength, step: step)
      (parameters.in_c, parameters.groups) = (parameters.out_c, parameters.out_c)
      parameters.padding_row += slice.first
      kernel(&parameters, slice.input, slice.output, 0, parameters.out_h)
    }
  }
}
