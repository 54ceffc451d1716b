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
  /// batch norms (their mean and variance are statistics, not parameters). What several layers share
  /// counts once.
  public var parameterCount: Int {
    var parameters: Set<ValueID> = []
    for node in nodes {
      for index in node.operation.definition.parameterInputs where index < node.inputs.count {
        parameters.insert(node.inputs[index])
      }
    }
    return parameters.reduce(0) { $0 + shape(of: $1).count }
  }
}
