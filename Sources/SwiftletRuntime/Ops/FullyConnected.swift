internal import CSwiftletKernels

/// Every output is a weighted sum of all elements of the input. The output is 1 × 1 × N.
struct FullyConnected: Sendable {
  let input: Int
  let output: Int
  let weights: ByteView
  let blocks: ChannelBlocks
  let epilogue: Epilogue
  let macCount: Int64

  init(_ reader: OperationReader) throws(BundleError) {
    epilogue = try Epilogue(reader, allowsAdd: false)
    try reader.requireZeros(except: epilogue.fields.union([.weights, .parameters]))
    input = reader.operands[0]
    output = reader.output
    let outputTensor = reader.outputTensor
    try reader.requireShape(1, 1, outputTensor.channels)

    let packing = try PackedWeights(
      groups: 1, channels: outputTensor.channels, runs: 1, runLength: reader.input.count, reader)
    weights = try reader.weights(packing.length)
    blocks = try ChannelBlocks(reader, packing, epilogue)
    macCount = try reader.macCount(outputTensor.channels, reader.input.count, 1)
  }

  func addSteps(to builder: inout StepBuilder) {
    let parameters = SwlFullyConnectedParams(
      in_count: Int32(builder.tensor(input).count), out_count: Int32(builder.tensor(output).count),
      weights: weights.base.assumingMemoryBound(to: Int8.self),
      blocks: blocks.bytes.base.assumingMemoryBound(to: SwlChannelBlock.self),
      epilogue: epilogue.parameters(builder))
    let step = FullyConnectedStep(
      parameters: parameters, input: builder.input(input), output: builder.output(output),
      kernel: builder.kernels.fc)
    builder.append(.fullyConnected(step), units: blocks.packing.blockCount, work: macCount)
  }
}

/// A call of the fully connected kernel, for the blocks of 16 outputs of one part.
struct FullyConnectedStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlFullyConnectedParams>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>,
      Int32,
      Int32
    ) -> Void

  let parameters: SwlFullyConnectedParams
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let kernel: Kernel

  func run(_ units: Range<Int32>) {
    var parameters = parameters
    kernel(&parameters, input, output, units.lowerBound, units.upperBound)
  }
}
