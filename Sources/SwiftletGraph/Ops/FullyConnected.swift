/// A fully connected (linear) layer over the input's elements in NHWC order.
public struct FullyConnected: Sendable {
  /// The number of input elements: `height · width · channels` of the input.
  public var inputCount: Int
  /// The number of outputs.
  public var outputCount: Int
  /// `[outputCount][inputCount]`.
  public var weights: [Float]
  /// One value per output.
  public var bias: [Float]

  /// A fully connected layer from its parts, not checked before it enters a graph.
  public init(inputCount: Int, outputCount: Int, weights: [Float], bias: [Float]) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.weights = weights
    self.bias = bias
  }
}

extension FullyConnected {
  /// The shape rule: one input of `inputCount` elements gives 1×1×`outputCount`.
  public func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let input = try validatedInputs(inputs, count: 1)
    guard inputCount >= 1, outputCount >= 1 else {
      throw .malformed(
        "inputs and outputs must be at least 1, found \(inputCount) and \(outputCount)")
    }
    guard input.count == inputCount else {
      throw .malformed(
        "expected an input of \(inputCount) elements, found \(input), which has \(input.count)")
    }
    guard let count = checkedProduct(inputCount, outputCount) else {
      throw .malformed("the layer has too many weights")
    }
    try requireCount("weights", weights, count)
    try requireCount("bias", bias, outputCount)
    return try Shape(channels: outputCount).validated()
  }

  func prepared() -> PreparedOperation {
    let packed = PackedConvolution(
      groups: 1, taps: 1, depth: inputCount, groupOutputs: outputCount, weights: weights,
      bias: bias)
    return PreparedOperation { inputs, output, workers in
      packed.run(pixels: 1, input: inputs[0], output: output, workers: workers) { _, place in
        place(0, 0)
      }
    }
  }
}
