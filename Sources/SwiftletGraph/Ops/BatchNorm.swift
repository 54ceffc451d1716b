/// Inference-mode batch normalisation: y = (x − mean) / √(variance + epsilon) · gamma + beta.
public struct BatchNorm: Sendable {
  /// One value per channel each.
  public var gamma: [Float]
  public var beta: [Float]
  public var mean: [Float]
  public var variance: [Float]
  public var epsilon: Float

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
