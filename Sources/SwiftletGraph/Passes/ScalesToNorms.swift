extension Pass {
  /// Makes batch normalisations of additions and multiplications whose other operand is a constant for each
  /// channel or for all: those are folded into the layer before them, or become a depthwise one.
  ///
  /// y = x · c + d is a batch normalisation with gamma c, beta d, mean 0, variance 1 and epsilon 0.
  static let scalesToNorms = Pass(
    "scales-to-norms", "makes batch normalisations of products and sums with a constant per channel"
  ) { graph throws(PassError) in
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      var isProduct = false
      if case .multiply = node.operation { isProduct = true }
      var isSum = false
      if case .add = node.operation { isSum = true }
      guard isProduct || isSum, node.inputs.count == 2,
        let place = node.inputs.firstIndex(where: { graph.constant($0)?.floats != nil }),
        let floats = graph.constant(node.inputs[place])?.floats
      else { continue }
      let value = node.inputs[1 - place]
      let shape = graph.shape(of: value)
      let channels = shape.image.channels
      guard !graph.isConstant(value), shape == graph.shape(of: node.output),
        shape.rank == 2 && shape[0] == 1 || shape.rank == 4 && shape[0] == 1,
        floats.count == 1
          || floats.count == channels
            && graph.shape(of: node.inputs[place]).image.channels == channels
      else { continue }
      let all =
        floats.count == channels ? floats : [Float](repeating: floats[0], count: channels)
      let ones = [Float](repeating: 1, count: channels)
      let zeros = [Float](repeating: 0, count: channels)
      let constants = [isProduct ? all : ones, isProduct ? zeros : all, zeros, ones]
      let inputs = zip(constants, ["gamma", "beta", "mean", "variance"]).map { values, name in
        graph.addConstant("\(node.name).\(name)", shape: Shape(channels), .floats(values))
      }
      graph.nodes[index].operation = .batchNorm(BatchNorm(epsilon: 0, layout: .channelsLast))
      graph.nodes[index].inputs = [value] + inputs
    }
    graph.releaseUnusedConstants()
  }
}
