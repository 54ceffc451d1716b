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
    let parameters = try reader.decode(FullyConnectedParameters.self)
    epilogue = parameters.epilogue
    try epilogue.requireOperands(reader, allowsAdd: false)
    input = reader.operands[0]
    output = reader.output
    let outputTensor = reader.outputTensor
    try reader.requireShape(1, 1, outputTensor.channels)

    let layout = WeightLayout.fullyConnected(
      inputs: reader.input.elementCount, outputs: outputTensor.channels)
    weights = try reader.weights(layout, at: parameters.weightsOffset)
    blocks = try ChannelBlocks(reader, of: FullyConnectedParameters.self, layout, epilogue.kind)
    macCount = try reader.macCount(outputTensor.channels, reader.input.elementCount, 1)
  }

  func addSteps(to builder: inout StepBuilder) {
    let parameters = SwlFullyConnectedParams(
      in_count: Int32(builder.tensor(input).elementCount),
      out_count: Int32(builder.tensor(output).elementCount),
      weights: weights.base.assumingMemoryBound(to: Int8.self),
      blocks: blocks.pointer,
      epilogue: epilogue.parameters(skip: nil))
    let step = FullyConnectedStep(
      parameters: parameters, input: builder.input(input), output: builder.output(output),
      kernel: builder.kernels.fc)
    builder.append(.fullyConnected(step), units: blocks.layout.blockCount, work: macCount)
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
