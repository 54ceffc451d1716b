internal import CSwiftletKernels

/// A convolution of any kernel, stride, dilation, padding and grouping.
final class Conv2D: Operation, @unchecked Sendable {
  private let convolution: Convolution
  private let groups: Int

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(Conv2DParameters.self)
    try parameters.epilogue.requireOperands(reader, allowsAdd: true)
    let (input, output) = (reader.input, reader.outputTensor)
    try parameters.window.requireFit(reader)
    groups = parameters.groups
    try reader.check.require(
      input.channels % groups == 0 && output.channels % groups == 0, "groups", groups,
      "a divisor of the input's and of the output's channels")
    try reader.requireShape(
      parameters.window.outputHeight(input.height), parameters.window.outputWidth(input.width),
      output.channels)
    let layout = WeightLayout.convolution(
      parameters.window, inputs: input.channels, outputs: output.channels, groups: groups)
    let packed = try PackedWeights(
      reader, of: Conv2DParameters.self, layout, at: parameters.weightsOffset,
      parameters.epilogue.kind)
    let macCount = try reader.macCount(
      output.elementCount, parameters.window.tapCount, input.channels / groups)
    convolution = Convolution(
      window: parameters.window, epilogue: parameters.epilogue, weights: packed,
      operands: reader.operands, output: reader.output)
    super.init(
      reader.header, epilogue: parameters.epilogue.kind, macCount: macCount,
      window: parameters.window, weights: packed)
  }

  override var name: StaticString { "conv2D" }
  override var paddedInput: Int? { operands[0] }
  override var writesPixelSteps: Bool { epilogue != .add }
  override var rows: RowDependence { .window(convolution.window) }
  override var channels: ChannelDependence { groups == 1 && operands.count == 1 ? .first : .all }

  private func parameters(_ builder: StepBuilder) -> SwlConvParams {
    convolution.parameters(builder, groups: groups)
  }

  override func addSteps(to builder: inout StepBuilder) {
    let (input, output) = (builder.input(operands[0]), builder.output(output))
    let (parameters, kernel) = (parameters(builder), builder.kernels.conv2d)
    let shape = builder.tensor(self.output)
    if !convolution.window.isPointwise {
      builder.append(units: shape.height, work: work) { rows, _ in
        var parameters = parameters
        kernel(&parameters, input, output, rows.lowerBound, rows.upperBound)
      }
      return
    }
    // A pointwise convolution has no rows: its pixels are taken as one row, which splits evenly
    // among threads and leaves no short ends.
    builder.append(units: shape.pixels, work: work) { pixels, _ in
      var parameters = parameters
      let count = pixels.length
      (parameters.in_h, parameters.in_w, parameters.out_h, parameters.out_w) = (1, count, 1, count)
      let first = Int(pixels.lowerBound)
      swl_epilogue_advance(&parameters.epilogue, first * Int(parameters.out_c))
      kernel(
        &parameters, input + first * Int(parameters.in_c),
        output + first * Int(parameters.out_step), 0, 1)
    }
  }

  override func rowCall(_ builder: StepBuilder) -> RowCall {
    convolution.rowCall(builder, parameters(builder), builder.kernels.conv2d)
  }

  override func channelCall(_ builder: StepBuilder) -> ChannelCall {
    let (parameters, kernel) = (parameters(builder), builder.kernels.conv2d)
    let (isPointwise, blockLength) = (
      convolution.window.isPointwise, convolution.weights.blocks.layout.blockLength
    )
    return { slice in
      var parameters = parameters
      let step = slice.outputStep(Int(parameters.out_step))
      parameters.selectOutput(slice, blockLength: blockLength, step: step)
      if isPointwise { parameters.takeAsOneRow() }
      kernel(&parameters, slice.input, slice.output, 0, parameters.out_h)
    }
  }
}
