/// A fully connected (linear) layer over the input's elements in NHWC order.
public struct FullyConnected: Sendable {
  /// The number of input elements: `height · width · channels` of the input.
  public var inputCount: Int
  public var outputCount: Int
  /// `[outputCount][inputCount]`.
  public var weights: [Float]
  /// One value per output.
  public var bias: [Float]

  public init(inputCount: Int, outputCount: Int, weights: [Float], bias: [Float]) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.weights = weights
    self.bias = bias
  }
}
