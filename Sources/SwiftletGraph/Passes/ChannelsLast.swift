extension Pass {
  /// Turns the network to images whose channels come last, once and for all.
  ///
  /// Values of rank 4 that came from image operations keep their identifiers and get their dimensions
  /// reordered; weights are reordered with them. Where an operation depends on the old order a
  /// transposition is put before it. An input that the file itself transposes to channels first has
  /// them last already, and stays.
  static let channelsLast = Pass(
    "channels-last", "reorders images to height, width, channels, and weights with them"
  ) { graph throws(PassError) in
    var turn = LayoutTurn(graph)
    do throws(GraphError) {
      try turn.run()
    } catch {
      throw .graph(error)
    }
    graph = turn.graph
  }
}

private struct LayoutTurn {
  /// Dimension i of a turned value was `order[i]` before.
  private static let order = [0, 2, 3, 1]
  private static let back = [0, 3, 1, 2]

  private(set) var graph: Graph
  private var nodes: [Node] = []
  /// Whether a value's dimensions have been reordered.
  private var isTurned: [ValueID: Bool] = [:]
  /// Values in the other order, made by a transposition.
  private var others: [ValueID: ValueID] = [:]
  /// Vectors that are images flattened in the new order; fully connected layers alone read them.
  private var flattened: [ValueID: ImageShape] = [:]
  private var reordered: [Reordering: ValueID] = [:]
  private let readers: [[Int]]

  /// Weights, and the image that their columns are; nil for those of convolutions.
  private struct Reordering: Hashable {
    let weights: ValueID
    let image: ImageShape?
  }

  init(_ graph: Graph) {
    self.graph = graph
    readers = graph.readers
  }

  mutating func run() throws(GraphError) {
    let hasFirst = graph.nodes.contains {
      if case .image(.channelsFirst, _) = $0.operation.definition.layoutRule { return true }
      return false
    }
    guard hasFirst else { return }
    for port in graph.inputs where !isOnlyTransposedBack(port.value) { turn(port.value) }
    for node in graph.nodes { nodes.append(try turned(node)) }
    graph.nodes = nodes
    removeIdleTransposes()
  }

  /// Whether all that is done to a value is to put its last dimension before two others.
  private func isOnlyTransposedBack(_ value: ValueID) -> Bool {
    !graph.isOutput(value) && !readers[value.index].isEmpty
      && readers[value.index].allSatisfy {
        if case .transpose(let transpose) = graph.nodes[$0].operation {
          return transpose.order == Self.back
        }
        return false
      }
  }

  /// Removes transpositions that change nothing now, or that nobody reads any more.
  private mutating func removeIdleTransposes() {
    let readers = graph.readers
    var removed: Set<Int> = []
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      guard case .transpose(let transpose) = node.operation else { continue }
      if transpose.order == Array(transpose.order.indices) {
        graph.replaceUses(of: node.output, by: node.inputs[0])
        removed.insert(index)
      } else if readers[node.output.index].isEmpty && !graph.isOutput(node.output) {
        removed.insert(index)
      }
    }
    graph.removeNodes(removed)
  }

  private mutating func turned(_ node: Node) throws(GraphError) -> Node {
    var node = node
    switch node.operation.definition.layoutRule {
    case .image(.channelsFirst, let channelsLast):
      node.inputs[0] = try value(node.inputs[0], turned: true, node.name)
      if let linear = node.operation.definition.linear {
        turnWeights(&node.inputs[linear.weightInput])
      }
      node.operation = channelsLast
      for output in node.outputs { turn(output) }
    case .image(.channelsLast, _):
      node.inputs[0] = try value(node.inputs[0], turned: false, node.name)
    case .followsInput:
      try follow(&node)
    case .dimensions(let resultFollows, let permuted):
      let isTurned = node.inputs.contains { self.isTurned[$0] ?? false }
      if case .transpose(let transpose) = node.operation, !isTurned, transpose.order == Self.back {
        others[node.output] = node.inputs[0]
      }
      let operation = isTurned ? permuted(Self.order) : nil
      for index in node.inputs.indices {
        node.inputs[index] = try value(node.inputs[index], turned: operation != nil, node.name)
      }
      if let operation {
        node.operation = operation
        if resultFollows { for output in node.outputs { turn(output) } }
      }
    case .memoryOrder:
      try meetMemoryOrder(&node)
    }
    return node
  }

  /// Elementwise: turned if any input is and all others can be; constants of fewer dimensions are
  /// given more.
  private mutating func follow(_ node: inout Node) throws(GraphError) {
    let isTurned = node.inputs.contains { self.isTurned[$0] ?? false }
    let rank = graph.shape(of: node.output).rank
    let canTurn = node.inputs.allSatisfy {
      let shape = graph.shape(of: $0)
      return shape.rank == rank || shape.count == 1 || graph.isConstant($0)
    }
    if isTurned && canTurn { for index in node.inputs.indices { extend(&node.inputs[index]) } }
    for index in node.inputs.indices where graph.shape(of: node.inputs[index]).rank == 4 {
      node.inputs[index] = try value(node.inputs[index], turned: isTurned && canTurn, node.name)
    }
    if isTurned && canTurn { for output in node.outputs { turn(output) } }
  }

  /// Flattening, reshaping and fully connected layers read elements in the order of memory. Where
  /// that is another now, the weights of fully connected layers are reordered, else the image.
  private mutating func meetMemoryOrder(_ node: inout Node) throws(GraphError) {
    let input = node.inputs[0]
    if let image = flattened[input] {
      turnColumns(&node.inputs[1], image)
      return
    }
    guard isTurned[input] ?? false, !isSameInMemory(input) else { return }
    if case .fullyConnected = node.operation {
      turnColumns(&node.inputs[1], graph.shape(of: input).image)
      return
    }
    if case .flatten = node.operation, areReadersFullyConnected(node.output) {
      flattened[node.output] = graph.shape(of: input).image
      return
    }
    node.inputs[0] = try value(input, turned: false, node.name)
  }

  private func isSameInMemory(_ value: ValueID) -> Bool {
    let image = graph.shape(of: value).image
    return image.area == 1 || image.channels == 1
  }

  /// Whether fully connected layers read a vector, and nobody else.
  private func areReadersFullyConnected(_ value: ValueID) -> Bool {
    !graph.isOutput(value)
      && readers[value.index].allSatisfy {
        if case .fullyConnected = graph.nodes[$0].operation { return true }
        return false
      }
  }

  private mutating func turn(_ value: ValueID) {
    let shape = graph.shape(of: value)
    guard shape.rank == 4, !(isTurned[value] ?? false) else { return }
    graph.setShape(Shape(Self.order.map { shape[$0] }), of: value)
    isTurned[value] = true
  }

  /// The value in the wanted order: itself, or the result of a transposition. Constants of rank 4 are
  /// reordered without one.
  private mutating func value(
    _ value: ValueID, turned: Bool, _ name: String
  ) throws(GraphError) -> ValueID {
    let shape = graph.shape(of: value)
    guard shape.rank == 4, (isTurned[value] ?? false) != turned else { return value }
    if let other = others[value] { return other }
    let order = turned ? Self.order : Self.back
    let transpose = try graph.makeNode(
      .transpose(Transpose(order: order)), name: name + ".transpose", inputs: [value])
    let other = transpose.output
    if let constant = graph.constant(value), constant.floats != nil {
      let values = NodeExecutor(transpose, in: graph).run([]).values
      graph.makeConstant(other, named: constant.name, .floats(values))
    } else {
      nodes.append(transpose)
    }
    isTurned[other] = turned
    (others[value], others[other]) = (other, value)
    return other
  }

  /// Gives a constant of fewer dimensions rank 4, the first extents 1, as broadcasting does.
  private mutating func extend(_ value: inout ValueID) {
    let shape = graph.shape(of: value)
    guard shape.rank < 4, shape.count > 1, let constant = graph.constant(value) else { return }
    if let other = others[value] {
      value = other
      return
    }
    let missing = [Int](repeating: 1, count: 4 - shape.rank)
    let other = graph.addConstant(
      constant.name, shape: Shape(missing + shape.dimensions), constant.contents)
    others[value] = other
    value = other
  }

  /// Reorders a convolution's weights from OIHW to OHWI.
  private mutating func turnWeights(_ value: inout ValueID) {
    let shape = graph.shape(of: value)
    guard shape.rank == 4 else { return }
    reorder(
      &value, Reordering(weights: value, image: nil), to: Shape(Self.order.map { shape[$0] }),
      outer: shape[0], channels: shape[1], area: shape[2] * shape[3])
  }

  /// Reorders the columns of a fully connected layer's weights as the image before it was.
  private mutating func turnColumns(_ value: inout ValueID, _ image: ImageShape) {
    let shape = graph.shape(of: value)
    reorder(
      &value, Reordering(weights: value, image: image), to: shape, outer: shape[0],
      channels: image.channels, area: image.area)
  }

  /// Reorders weights, without a second copy of them where nobody else reads them. Those that
  /// several layers share are reordered once for each order that these need.
  private mutating func reorder(
    _ value: inout ValueID, _ key: Reordering, to shape: Shape, outer: Int, channels: Int, area: Int
  ) {
    if let other = reordered[key] {
      value = other
      return
    }
    if readers[value.index].count > 1 || graph.isOutput(value), let shared = graph.constant(value) {
      value = graph.addConstant(shared.name, shape: graph.shape(of: value), shared.contents)
    }
    reordered[key] = value
    graph.setShape(shape, of: value)
    guard let weights = graph.takeFloats(value) else { return }
    graph.bind(
      value,
      .floats(
        SwiftletGraph.channelsLast(weights, outer: outer, channels: channels, area: area)))
  }
}
