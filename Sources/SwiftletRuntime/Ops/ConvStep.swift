internal import CSwiftletKernels

/// A call of a convolution kernel, for the rows or, when pointwise, the pixels of one part.
struct ConvStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlConvParams>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int32, Int32
    ) -> Void

  let parameters: SwlConvParams
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let kernel: Kernel
  let isPointwise: Bool

  /// Computes output rows, or pixels, `units`.
  func run(_ units: Range<Int32>) {
    var parameters = parameters
    if !isPointwise {
      kernel(&parameters, input, output, units.lowerBound, units.upperBound)
      return
    }
    // A pointwise convolution has no rows: its pixels are taken as one row, which splits evenly
    // among threads and leaves no short ends.
    let count = units.length
    (parameters.in_h, parameters.in_w, parameters.out_h, parameters.out_w) = (1, count, 1, count)
    let first = Int(units.lowerBound)
    let outputStart = first * Int(parameters.out_c)
    swl_epilogue_advance(&parameters.epilogue, outputStart)
    kernel(&parameters, input + first * Int(parameters.in_c), output + outputStart, 0, 1)
  }

  static func parameters(
    _ input: Tensor, _ output: Tensor, _ window: Window, weights: ByteView, blocks: ChannelBlocks,
    paddingRow: UnsafePointer<Int8>, epilogue: SwlEpilogue
  ) -> SwlConvParams {
    SwlConvParams(
      in_h: Int32(input.height), in_w: Int32(input.width), in_c: Int32(input.channels),
      out_h: Int32(output.height), out_w: Int32(output.width), out_c: Int32(output.channels),
      out_step: Int32(output.channels),
      kernel_h: Int32(window.kernelHeight), kernel_w: Int32(window.kernelWidth),
      stride_h: Int32(window.strideHeight), stride_w: Int32(window.strideWidth),
      dilation_h: Int32(window.dilationHeight), dilation_w: Int32(window.dilationWidth),
      pad_top: Int32(window.padTop), pad_left: Int32(window.padLeft), groups: 1,
      weights: weights.base.assumingMemoryBound(to: Int8.self),
      blocks: blocks.pointer,
      padding_row: paddingRow, epilogue: epilogue)
  }
}

extension SwlConvParams {
  /// Takes all pixels of a pointwise convolution as one row, which leaves no short ends.
  mutating func takeAsOneRow() {
    (in_w, in_h) = (in_w * in_h, 1)
    (out_w, out_h) = (out_w * out_h, 1)
  }
}
