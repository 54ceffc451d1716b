extension Graph {
  /// The multiply-accumulates of all convolutions and fully connected layers, padding included.
  /// `Int.max` when the number does not fit.
  public var macCount: Int {
    var total = 0
    for node in nodes {
      let macs: Int?
      switch node.operation {
      case .conv2D(let conv):
        // weights.count = output channels × taps × input channels of a group.
        macs = checkedProduct(conv.weights.count, shape(of: node.output).area)
      case .fullyConnected(let layer):
        macs = layer.weights.count
      case .batchNorm, .activation, .add, .multiply, .averagePool, .maxPool, .globalAveragePool,
        .concat, .flatten, .softmax:
        macs = 0
      }
      guard let macs, let sum = checkedSum(total, macs) else { return .max }
      total = sum
    }
    return total
  }

  /// The number of parameters as PyTorch counts them: weights, biases, and gamma and beta of
  /// batch norms (their mean and variance are statistics, not parameters).
  ///
  /// `Conv2D.bias` is always present. It does not count when the source convolution has none,
  /// recognised by all its values being zero and a batch norm reading its output.
  public var parameterCount: Int {
    var feedsBatchNorm = [Bool](repeating: false, count: valueCount)
    for node in nodes {
      if case .batchNorm = node.operation { feedsBatchNorm[node.inputs[0].index] = true }
    }
    var total = 0
    for node in nodes {
      switch node.operation {
      case .conv2D(let conv):
        let hasBias = !feedsBatchNorm[node.output.index] || conv.bias.contains { $0 != 0 }
        total += conv.weights.count + (hasBias ? conv.bias.count : 0)
      case .fullyConnected(let layer):
        total += layer.weights.count + layer.bias.count
      case .batchNorm(let norm):
        total += norm.gamma.count + norm.beta.count
      case .activation, .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat,
        .flatten, .softmax:
        break
      }
    }
    return total
  }
}
