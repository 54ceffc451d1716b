/// A fully connected (linear) layer over all of the input's elements, in their order in memory.
///
/// Inputs: any value of `inputCount` elements; weights, `[outputCount][inputCount]`; and, if there is
/// one, a bias for each output.
public struct FullyConnected: Sendable {
  /// The number of input elements.
  public var inputCount: Int
  /// The number of outputs.
  public var outputCount: Int
  /// Of weights that were quantized before: the scale of each output's, of which they are whole
  /// multiples. Else nil.
  public var weightScales: [Float]?

  /// A fully connected layer from its numbers, not checked before it enters a graph.
  public init(inputCount: Int, outputCount: Int) {
    self.inputCount = inputCount
    self.outputCount = outputCount
  }
}

extension FullyConnected: OperationDefinition {
  package var name: String { "fullyConnected" }
  package var scalingRule: ScalingRule { .weighs(groups: 1, taps: 1) }

  /// The shape rule: one input of `inputCount` elements gives `[1, outputCount]`.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInputs(inputs, count: 2...3)
    guard inputCount >= 1, outputCount >= 1 else {
      throw .malformed(
        "inputs and outputs must be at least 1, found \(inputCount) and \(outputCount)")
    }
    guard input.count == inputCount else {
      throw .malformed(
        "expected an input of \(inputCount) elements, found \(input), which has \(input.count)")
    }
    try requireShape("weights", inputs[1], Shape(outputCount, inputCount).validated())
    if inputs.count > 2 { try requireShape("bias", inputs[2], Shape(outputCount)) }
    return [try Shape(1, outputCount).validated()]
  }

  package var linear: LinearWeights? {
    LinearWeights(
      outputChannels: outputCount, weightsPerChannel: inputCount, isDepthwise: false,
      fixedScales: weightScales)
  }

  package var parameterInputs: [Int] { [1, 2] }

  package var acceptedTail: AcceptedTail { .curve }

  package var layoutRule: LayoutRule { .memoryOrder }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    let packed = PackedConvolution(
      groups: 1, taps: 1, depth: inputCount, groupOutputs: outputCount,
      weights: context.floats(1) ?? [],
      bias: context.floats(2) ?? [Float](repeating: 0, count: outputCount))
    return PreparedOperation { inputs, outputs, workers in
      packed.run(pixels: 1, input: inputs[0], output: outputs[0], workers: workers) { _, place in
        place(0, 0)
      }
    }
  }
}
