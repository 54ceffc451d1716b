/// Inference-mode batch normalisation: y = (x − mean) / √(variance + epsilon) · gamma + beta.
public struct BatchNorm: Sendable {
  /// The factor of each channel.
  public var gamma: [Float]
  /// What is added to each channel at the end.
  public var beta: [Float]
  /// The running mean of each channel.
  public var mean: [Float]
  /// The running variance of each channel; plus `epsilon` it must be positive.
  public var variance: [Float]
  /// Keeps the square root away from zero.
  public var epsilon: Float

  /// A batch norm from its arrays, which must have the same length.
  public init(
    gamma: [Float], beta: [Float], mean: [Float], variance: [Float], epsilon: Float
  ) {
    self.gamma = gamma
    self.beta = beta
    self.mean = mean
    self.variance = variance
    self.epsilon = epsilon
  }
}

extension BatchNorm {
  /// The shape rule: one input with as many channels as there are parameters; the same shape.
  ///
  /// - Throws: also `malformed` when the arrays' lengths differ, or when variance + epsilon is not
  ///   positive for some channel, which has no square root to divide by.
  public func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let input = try validatedInputs(inputs, count: 1)
    guard input.channels == gamma.count else {
      throw .channels(expected: gamma.count, found: input.channels)
    }
    try requireCount("beta", beta, gamma.count)
    try requireCount("mean", mean, gamma.count)
    try requireCount("variance", variance, gamma.count)
    for (channel, value) in variance.enumerated() where !(value + epsilon > 0) {
      throw .malformed(
        "variance plus epsilon must be positive, found \(value) + \(epsilon) in channel \(channel)")
    }
    return input
  }

  func prepared(shape: Shape) -> PreparedOperation {
    let scale = zip(gamma, variance).map { gamma, variance in
      Float(Double(gamma) / (Double(variance) + Double(epsilon)).squareRoot())
    }
    let (mean, beta) = (self.mean, self.beta)
    return PreparedOperation(allowsInPlace: true) { inputs, output, workers in
      mean.withUnsafeBufferPointer { mean in
        scale.withUnsafeBufferPointer { scale in
          beta.withUnsafeBufferPointer { beta in
            guard let mean = mean.baseAddress, let scale = scale.baseAddress,
              let beta = beta.baseAddress
            else { return }
            workers.forEachPixelVector(shape, output) { pixel, channel, lanes in
              (inputs[0].vector(pixel + channel, count: lanes)
                - mean.vector(channel, count: lanes)) * scale.vector(channel, count: lanes)
                + beta.vector(channel, count: lanes)
            }
          }
        }
      }
    }
  }
}
