internal import CSwiftletKernels

/// Every output is a weighted sum of all elements of the input. The output is 1 × 1 × N.
final class FullyConnected: Operation, @unchecked Sendable {
  private let parameters: FullyConnectedParameters
  private let packed: PackedWeights

  init(_ reader: OperationReader) throws(BundleError) {
    parameters = try reader.decode(FullyConnectedParameters.self)
    let epilogue = parameters.epilogue.kind
    try parameters.epilogue.requireOperands(reader, allowsAdd: false)
    let (input, output) = (reader.input, reader.outputTensor)
    try reader.requireShape(1, 1, output.channels)
    let layout = WeightLayout.fullyConnected(inputs: input.elementCount, outputs: output.channels)
    packed = try PackedWeights(
      reader, of: FullyConnectedParameters.self, layout, at: parameters.weightsOffset, epilogue)
    super.init(
      reader.header, epilogue: epilogue,
      macCount: try reader.macCount(output.channels, input.elementCount, 1), weights: packed)
  }

  override var name: StaticString { "fullyConnected" }

  override func addSteps(to builder: inout StepBuilder) {
    let (input, output) = (builder.input(operands[0]), builder.output(output))
    let kernel = builder.kernels.fc
    let parameters = SwlFullyConnectedParams(
      in_count: Int32(builder.tensor(operands[0]).elementCount),
      out_count: Int32(builder.tensor(self.output).elementCount), weights: packed.pointer,
      blocks: packed.blocks.pointer,
      epilogue: parameters.epilogue.parameters(packed.blocks, skip: nil))
    builder.append(units: packed.blocks.layout.blockCount, work: work) { blocks, _ in
      var parameters = parameters
      kernel(&parameters, input, output, blocks.lowerBound, blocks.upperBound)
    }
  }
}
