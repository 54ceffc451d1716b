extension Pass {
  /// Joins what spells out an h-sigmoid, min(max(x + 3, 0), 6) / 6, and multiplications that take the
  /// sixth elsewhere: x · min(max(x + 3, 0), 6) / 6 in any order is x · h-sigmoid(x).
  static let recogniseGates = Pass(
    "recognise-gates", "joins min(max(x + 3, 0), 6) / 6 into h-sigmoid"
  ) { graph throws(PassError) in
    let gates = GateRecognition(graph)
    gates.run(&graph)
  }
}

private struct GateRecognition {
  private let readers: [[Int]]
  private let producers: [Int?]

  init(_ graph: Graph) {
    (readers, producers) = (graph.readers, graph.producers)
  }

  func run(_ graph: inout Graph) {
    for (index, node) in graph.nodes.enumerated() {
      guard let value = scaled(node, by: 1.0 / 6, graph), let inner = producers[value.index],
        isOnlyReader(index, of: value, graph)
      else { continue }
      if let x = rampInput(inner, graph) {
        // (relu6(x + 3)) / 6
        graph.nodes[index].operation = .activation(.hardSigmoid)
        graph.nodes[index].inputs = [x]
        continue
      }
      // (x · relu6(x + 3)) / 6: the product becomes h-swish, and what divides it goes.
      guard case .multiply = graph.nodes[inner].operation else { continue }
      let factors = graph.nodes[inner].inputs
      for (x, gate) in [(factors[0], factors[1]), (factors[1], factors[0])] {
        guard let ramp = producers[gate.index], rampInput(ramp, graph) == x else { continue }
        graph.nodes[index].operation = .activation(.hardSwish)
        graph.nodes[index].inputs = [x]
        break
      }
    }
    removeUnread(&graph)
  }

  /// The other operand of a multiplication by a constant number.
  private func scaled(_ node: Node, by factor: Float, _ graph: Graph) -> ValueID? {
    guard case .multiply = node.operation, node.inputs.count == 2 else { return nil }
    return other(node, graph) { abs($0 - factor) < 1e-4 }
  }

  /// x of min(max(x + 3, 0), 6).
  private func rampInput(_ index: Int, _ graph: Graph) -> ValueID? {
    guard case .activation(.relu6) = graph.nodes[index].operation,
      let sum = producers[graph.nodes[index].inputs[0].index],
      case .add = graph.nodes[sum].operation, graph.nodes[sum].inputs.count == 2
    else { return nil }
    return other(graph.nodes[sum], graph) { $0 == 3 }
  }

  /// The operand of a node beside a constant of one number, or of many that are all the same, for which
  /// `isWanted`.
  private func other(_ node: Node, _ graph: Graph, _ isWanted: (Float) -> Bool) -> ValueID? {
    for (place, input) in node.inputs.enumerated() {
      guard let numbers = graph.constant(input)?.floats, !numbers.isEmpty,
        numbers.allSatisfy(isWanted), !graph.isConstant(node.inputs[1 - place]),
        graph.shape(of: node.inputs[1 - place]) == graph.shape(of: node.output)
      else { continue }
      return node.inputs[1 - place]
    }
    return nil
  }

  private func isOnlyReader(_ index: Int, of value: ValueID, _ graph: Graph) -> Bool {
    readers[value.index] == [index] && !graph.isOutput(value)
  }

  /// Removes additions, ramps and products that nobody reads any more.
  private func removeUnread(_ graph: inout Graph) {
    var isRead = [Bool](repeating: false, count: graph.valueCount)
    for port in graph.outputs { isRead[port.value.index] = true }
    var unread: Set<Int> = []
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      if node.outputs.contains(where: { isRead[$0.index] }) || !isSpelling(node) {
        for input in node.inputs { isRead[input.index] = true }
      } else {
        unread.insert(index)
      }
    }
    graph.removeNodes(unread)
  }

  /// Whether a node is of a kind that this pass leaves behind; others stay, read or not.
  private func isSpelling(_ node: Node) -> Bool {
    if case .add = node.operation { return true }
    if case .multiply = node.operation { return true }
    if case .activation(.relu6) = node.operation { return true }
    return false
  }
}
