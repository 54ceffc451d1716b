internal import CSwiftletKernels

/// The mean over all pixels, per channel. The output is 1 × 1 × C.
struct GlobalAveragePool: Sendable {
  let input: Int
  let output: Int
  let entry: MeanEntries
  let clamp: OutputClamp

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    input = reader.operands[0]
    output = reader.output
    let shape = reader.input
    try reader.requireShape(1, 1, shape.channels)
    try reader.requireUniform(shape, "operand")
    clamp = try reader.decode(GlobalAveragePoolParameters.self).clamp
    entry = try MeanEntries(
      reader, of: GlobalAveragePoolParameters.self, counts: shape.pixels...shape.pixels)
  }

  func addSteps(to builder: inout StepBuilder) {
    let shape = builder.tensor(input)
    let step = step(builder, from: builder.input(input), to: builder.output(output))
    builder.append(.mean(step), units: shape.channelBlocks, work: Int64(shape.elementCount))
  }

  /// The kernel call, with the addresses that the operation reads and writes.
  func step(
    _ builder: StepBuilder, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> MeanStep {
    let shape = builder.tensor(input)
    let parameters = SwlMeanParams(
      pixels: Int32(shape.pixels), channels: Int32(shape.channels), entry: entry.pointer.pointee,
      lo: Int32(clamp.lo), hi: Int32(clamp.hi))
    return MeanStep(
      parameters: parameters, input: source, output: destination, kernel: builder.kernels.mean)
  }
}

/// A call of the mean kernel, for the blocks of 16 channels of one part.
struct MeanStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlMeanParams>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int32, Int32
    ) -> Void

  let parameters: SwlMeanParams
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let kernel: Kernel

  func run(_ units: Range<Int32>) {
    var parameters = parameters
    let width = Int32(BundleLayout.channelsPerBlock)
    let end = min(units.upperBound * width, parameters.channels)
    kernel(&parameters, input, output, units.lowerBound * width, end)
  }
}
