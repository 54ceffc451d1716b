extension Pass {
  /// Folds batch normalisations into the linear layer before them (Jacob et al., 2018, section 3.2);
  /// one with no such layer becomes a 1×1 depthwise convolution.
  static let foldBatchNorms = Pass(
    "fold-batch-norms", "folds batch normalisations into the weights before them"
  ) { graph throws(PassError) in
    var folding = BatchNormFolding(graph.readers)
    try folding.run(&graph)
    try requireFinite(graph)
  }

  /// Refuses weights and biases that are not finite.
  private static func requireFinite(_ graph: Graph) throws(PassError) {
    for node in graph.nodes {
      guard let linear = node.operation.definition.linear else { continue }
      for (input, what) in [(linear.weightInput, "weights"), (linear.biasInput, "biases")] {
        guard input < node.inputs.count, let values = graph.constant(node.inputs[input])?.floats,
          !values.allSatisfy(\.isFinite)
        else { continue }
        throw .notFinite(layer: node.name, what: what)
      }
    }
  }
}

private struct BatchNormFolding {
  private let readers: [[Int]]

  init(_ readers: [[Int]]) {
    self.readers = readers
  }

  /// y = x · scale + shift per channel, the inference form of a batch-norm.
  private struct Affine {
    var scale: [Double]
    var shift: [Double]
  }

  mutating func run(_ graph: inout Graph) throws(PassError) {
    /// Nil where a node has moved on to the batch-norm that is folded into it.
    var nodes: [Node?] = []
    /// Where a value's node stands in `nodes`.
    var position: [ValueID: Int] = [:]
    for node in graph.nodes {
      guard case .batchNorm(let norm) = node.operation else {
        for output in node.outputs { position[output] = nodes.count }
        nodes.append(node)
        continue
      }
      let affine = try affine(norm, node, graph)
      let input = node.inputs[0]
      if let index = position[input], var folded = nodes[index],
        let linear = folded.operation.definition.linear,
        readers[input.index].count == 1, !graph.isOutput(input)
      {
        // Where the batch-norm stood, since others may be between the two.
        nodes[index] = nil
        fold(affine, into: &folded, linear, &graph)
        folded.outputs = node.outputs
        folded.resultName = node.name
        position[node.output] = nodes.count
        nodes.append(folded)
      } else {
        position[node.output] = nodes.count
        nodes.append(try standalone(affine, norm, node, &graph))
      }
    }
    graph.nodes = nodes.compactMap { $0 }
    graph.releaseUnusedConstants()
  }

  /// The affine form. A channel whose variance is zero (its input is constant) with epsilon zero
  /// cannot be normalised; it becomes its beta.
  private func affine(
    _ norm: BatchNorm, _ node: Node, _ graph: Graph
  ) throws(PassError) -> Affine {
    let parameters = node.inputs.dropFirst().map { graph.constant($0)?.floats ?? [] }
    var result = Affine(scale: [], shift: [])
    for channel in parameters[0].indices {
      let spread = Double(parameters[3][channel]) + Double(norm.epsilon)
      let gamma = Double(parameters[0][channel])
      let beta = Double(parameters[1][channel])
      let mean = Double(parameters[2][channel])
      guard spread >= 0, spread.isFinite, gamma.isFinite, beta.isFinite, mean.isFinite else {
        throw .notFinite(layer: node.name, what: "batch-norm statistics")
      }
      let scale = spread > 1e-30 ? gamma / spread.squareRoot() : 0
      result.scale.append(scale)
      result.shift.append(beta - mean * scale)
    }
    return result
  }

  /// Changes the linear layer's constants, in place where nobody else holds them.
  private func fold(
    _ affine: Affine, into node: inout Node, _ linear: LinearWeights, _ graph: inout Graph
  ) {
    let channels = affine.scale.count
    let weightValue = own(linear.weightInput, of: &node, &graph)
    var weights = graph.takeFloats(weightValue) ?? []
    let perChannel = weights.count / channels
    for channel in 0..<channels {
      let scale = affine.scale[channel]
      for index in channel * perChannel..<(channel + 1) * perChannel {
        weights[index] = Float(Double(weights[index]) * scale)
      }
    }
    graph.bind(weightValue, .floats(weights))
    node.operation.scaleWeights(by: affine.scale)
    if node.inputs.count <= linear.biasInput {
      let name = node.name + ".bias"
      let zeros = [Float](repeating: 0, count: channels)
      node.inputs.append(graph.addConstant(name, shape: Shape(channels), .floats(zeros)))
    }
    let biasValue = own(linear.biasInput, of: &node, &graph)
    var bias = graph.takeFloats(biasValue) ?? []
    for channel in 0..<channels {
      bias[channel] = Float(
        Double(bias[channel]) * affine.scale[channel] + affine.shift[channel])
    }
    graph.bind(biasValue, .floats(bias))
  }

  /// A constant among a node's inputs; its own copy where others read it too.
  private func own(_ input: Int, of node: inout Node, _ graph: inout Graph) -> ValueID {
    let value = node.inputs[input]
    // Constants that this pass has made are past the end, and nobody shares them.
    let isShared =
      graph.isOutput(value) || value.index < readers.count && readers[value.index].count > 1
    guard isShared, let constant = graph.constant(value) else { return value }
    node.inputs[input] = graph.addConstant(
      constant.name, shape: graph.shape(of: value), constant.contents)
    return node.inputs[input]
  }

  /// A batch-norm with no linear layer before it, as a 1×1 depthwise convolution.
  private func standalone(
    _ affine: Affine, _ norm: BatchNorm, _ node: Node, _ graph: inout Graph
  ) throws(PassError) -> Node {
    let channels = affine.scale.count
    let conv = Conv2D(
      inputChannels: channels, outputChannels: channels, groups: channels,
      window: Window(kernel: 1), layout: norm.layout)
    var result = node
    result.operation = .conv2D(conv)
    result.inputs = [
      node.inputs[0],
      graph.addConstant(
        node.name + ".weight", shape: conv.weightShape, .floats(affine.scale.map { Float($0) })),
      graph.addConstant(
        node.name + ".bias", shape: Shape(channels), .floats(affine.shift.map { Float($0) })),
    ]
    return result
  }
}

extension Operation {
  /// Multiplies the scales that weights were quantized with, as the weights were.
  fileprivate mutating func scaleWeights(by factors: [Double]) {
    func scaled(_ scales: [Float]?) -> [Float]? {
      scales.map { zip($0, factors).map { $0 * Float(abs($1)) } }
    }
    if case .conv2D(var conv) = self {
      conv.weightScales = scaled(conv.weightScales)
      self = .conv2D(conv)
    } else if case .fullyConnected(var layer) = self {
      layer.weightScales = scaled(layer.weightScales)
      self = .fullyConnected(layer)
    }
  }
}
