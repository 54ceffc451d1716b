extension Pass {
  /// Joins residual additions and activations to the operations that compute their inputs.
  static let fuseTails = Pass(
    "fuse", "joins residual additions and activations to what computes their input"
  ) { graph throws(PassError) in
    var fusion = TailFusion(graph)
    graph.nodes = fusion.run()
  }
}

private struct TailFusion {
  private let graph: Graph
  private let readers: [[Int]]
  private let producers: [Int?]
  private var isFused: [Bool]

  init(_ graph: Graph) {
    self.graph = graph
    readers = graph.readers
    producers = graph.producers
    isFused = [Bool](repeating: false, count: graph.nodes.count)
  }

  /// The nodes, each where the last of those stood that it is made of.
  mutating func run() -> [Node] {
    var placed: [(last: Int, node: Node)] = []
    for index in graph.nodes.indices where !isFused[index] {
      isFused[index] = true
      var (node, last) = (graph.nodes[index], index)
      let accepted = node.operation.definition.acceptedTail
      fuseResidual(accepted, &node, &last)
      fuseActivation(accepted, &node, &last)
      placed.append((last, node))
    }
    return placed.sorted { $0.last < $1.last }.map(\.node)
  }

  /// The node that alone reads `value`, unless `value` is also an output.
  private func soleReader(of value: ValueID) -> Int? {
    let list = readers[value.index]
    return list.count == 1 && !graph.isOutput(value) && !isFused[list[0]] ? list[0] : nil
  }

  /// Joins a residual addition whose other operand is computed earlier.
  private mutating func fuseResidual(
    _ accepted: AcceptedTail, _ node: inout Node, _ last: inout Int
  ) {
    guard case .residualAndCurve = accepted, let reader = soleReader(of: node.output),
      case .add = graph.nodes[reader].operation,
      let other = graph.nodes[reader].inputs.first(where: { $0 != node.output }),
      !graph.isConstant(other), (producers[other.index] ?? -1) < last,
      graph.shape(of: other) == graph.shape(of: node.output)
    else { return }
    extend(&node, by: reader, &last)
    node.tail = Tail(residual: other, activation: nil, beforeActivation: node.output)
  }

  private mutating func fuseActivation(
    _ accepted: AcceptedTail, _ node: inout Node, _ last: inout Int
  ) {
    let residual = node.tail?.residual
    guard let reader = soleReader(of: node.output),
      case .activation(let activation) = graph.nodes[reader].operation,
      accepted.accepts(activation, afterResidual: residual != nil)
    else { return }
    node.tail = Tail(residual: residual, activation: activation, beforeActivation: node.output)
    extend(&node, by: reader, &last)
  }

  private mutating func extend(_ node: inout Node, by index: Int, _ last: inout Int) {
    isFused[index] = true
    last = index
    node.outputs = graph.nodes[index].outputs
    node.resultName = graph.nodes[index].name
  }
}
