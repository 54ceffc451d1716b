internal import CSwiftletKernels

/// What convolutions of both kinds have in common.
struct Convolution: Sendable {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlConvParams>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int32, Int32
    ) -> Void

  let window: Window
  let epilogue: Epilogue
  let weights: PackedWeights
  let operands: [Int]
  let output: Int

  /// The kernel's parameters for the whole output.
  func parameters(_ builder: StepBuilder, groups: Int) -> SwlConvParams {
    let (input, output) = (builder.tensor(operands[0]), builder.tensor(output))
    return SwlConvParams(
      in_h: Int32(input.height), in_w: Int32(input.width), in_c: Int32(input.channels),
      out_h: Int32(output.height), out_w: Int32(output.width), out_c: Int32(output.channels),
      out_step: Int32(builder.pixelStep(self.output) ?? output.channels),
      kernel_h: Int32(window.kernelHeight), kernel_w: Int32(window.kernelWidth),
      stride_h: Int32(window.strideHeight), stride_w: Int32(window.strideWidth),
      dilation_h: Int32(window.dilationHeight), dilation_w: Int32(window.dilationWidth),
      pad_top: Int32(window.padTop), pad_left: Int32(window.padLeft), groups: Int32(groups),
      weights: weights.pointer, blocks: weights.blocks.pointer,
      padding_row: builder.paddingRow(for: operands[0]),
      epilogue: epilogue.parameters(
        weights.blocks, skip: operands.count > 1 ? builder.input(operands[1]) : nil))
  }

  /// The call for some rows, which it takes as a tensor of their own.
  func rowCall(
    _ builder: StepBuilder, _ parameters: SwlConvParams, _ kernel: @escaping Kernel
  ) -> RowCall {
    let (padTop, stride) = (parameters.pad_top, parameters.stride_h)
    let isPointwise = window.isPointwise
    let rowLength = Int(parameters.out_w) * Int(parameters.out_c)
    return RowCall(
      window, input: builder.tensor(operands[0]), output: builder.tensor(output),
      pixelStep: Int(parameters.out_step)
    ) { rows, inputRows, input, output in
      var parameters = parameters
      parameters.pad_top = inputRows.lowerBound - (rows.lowerBound * stride - padTop)
      parameters.in_h = inputRows.length
      parameters.out_h = rows.length
      swl_epilogue_advance(&parameters.epilogue, Int(rows.lowerBound) * rowLength)
      if isPointwise { parameters.takeAsOneRow() }
      kernel(&parameters, input, output, 0, parameters.out_h)
    }
  }
}

extension SwlConvParams {
  /// Takes all pixels of a pointwise convolution as one row, which leaves no short ends.
  mutating func takeAsOneRow() {
    (in_w, in_h) = (in_w * in_h, 1)
    (out_w, out_h) = (out_w * out_h, 1)
  }

  /// Restricts the output to some channels, in pixels of `step` bytes.
  mutating func selectOutput(_ slice: ChannelSlice, blockLength: Int, step: Int) {
    out_c = Int32(slice.count)
    out_step = Int32(step)
    weights += Int(slice.blocks.lowerBound) * blockLength
    blocks += Int(slice.blocks.lowerBound)
  }
}
