extension Graph {
  /// The multiply-accumulates of all convolutions and fully connected layers, padding included.
  /// `Int.max` when the number does not fit.
  public var macCount: Int {
    var total = 0
    for node in nodes {
      guard let linear = node.operation.definition.linear else { continue }
      guard let macs = linear.macCount(outputCount: shape(of: node.output).count),
        let sum = checkedSum(total, macs)
      else { return .max }
      total = sum
    }
    return total
  }

  /// The number of parameters as PyTorch counts them: weights, biases, and gamma and beta of
  /// batch norms (their mean and variance are statistics, not parameters).
  public var parameterCount: Int {
    nodes.reduce(0) { total, node in
      node.operation.definition.parameterInputs.reduce(total) { total, index in
        index < node.inputs.count ? total + shape(of: node.inputs[index]).count : total
      }
    }
  }
}
