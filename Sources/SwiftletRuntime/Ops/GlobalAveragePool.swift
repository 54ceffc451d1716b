internal import CSwiftletKernels

/// The mean over all pixels, per channel. The output is 1 × 1 × C.
final class GlobalAveragePool: Operation, @unchecked Sendable {
  private let entry: MeanEntries
  private let clamp: OutputClamp

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    let shape = reader.input
    try reader.requireShape(1, 1, shape.channels)
    try reader.requireOneZeroPoint(shape, "operand")
    clamp = try reader.decode(GlobalAveragePoolParameters.self).clamp
    entry = try MeanEntries(
      reader, of: GlobalAveragePoolParameters.self, counts: shape.pixels...shape.pixels)
    super.init(reader.header, movedCount: Int64(shape.elementCount))
  }

  override var name: StaticString { "globalAveragePool" }
  override var channels: ChannelDependence { .last }

  private func parameters(_ builder: StepBuilder) -> SwlMeanParams {
    let shape = builder.tensor(operands[0])
    return SwlMeanParams(
      pixels: Int32(shape.pixels), channels: Int32(shape.channels), entry: entry.pointer.pointee,
      lo: Int32(clamp.lo), hi: Int32(clamp.hi))
  }

  override func addSteps(to builder: inout StepBuilder) {
    let (input, output) = (builder.input(operands[0]), builder.output(output))
    let (parameters, kernel) = (parameters(builder), builder.kernels.mean)
    builder.append(units: builder.tensor(self.output).channelBlocks, work: work) { blocks, _ in
      var parameters = parameters
      let width = Int32(BundleLayout.channelsPerBlock)
      let end = min(blocks.upperBound * width, parameters.channels)
      kernel(&parameters, input, output, blocks.lowerBound * width, end)
    }
  }

  override func channelCall(_ builder: StepBuilder) -> ChannelCall {
    let (parameters, kernel) = (parameters(builder), builder.kernels.mean)
    return { slice in
      var parameters = parameters
      if !slice.readsWhole { parameters.channels = Int32(slice.count) }
      let input = slice.input + (slice.readsWhole ? slice.first : 0)
      kernel(&parameters, input, slice.output, 0, Int32(slice.count))
    }
  }
}
