extension Pass {
  /// Joins what spells out an h-sigmoid, min(max(x + 3, 0), 6) / 6, and multiplications that take the
  /// sixth elsewhere: x · min(max(x + 3, 0), 6) / 6 in any order is x · h-sigmoid(x).
  static let recogniseGates = Pass(
    "recognise-gates",
    "joins min(max(x + 3, 0), 6) / 6 into h-sigmoid, x / 2 · (1 + erf(x / √2)) into GELU"
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
    for index in graph.nodes.indices {
      if let x = geluInput(index, graph) {
        graph.nodes[index].operation = .activation(.gelu)
        graph.nodes[index].inputs = [x]
      }
    }
    removeUnread(&graph)
  }

  /// x of a product of x, ½ and 1 + erf(x / √2), in whatever order they are multiplied.
  private func geluInput(_ index: Int, _ graph: Graph) -> ValueID? {
    var factors: [ValueID] = []
    var pending = [index]
    var halves = 0
    while let place = pending.popLast(), factors.count < 3, halves < 2 {
      let node = graph.nodes[place]
      guard case .multiply = node.operation, node.inputs.count == 2 else { return nil }
      if let rest = other(node, graph, { $0 == 0.5 }) {
        halves += 1
        if let inner = producers[rest.index], isProduct(inner, graph),
          isOnlyReader(place, of: rest, graph)
        {
          pending.append(inner)
        } else {
          factors.append(rest)
        }
        continue
      }
      for input in node.inputs {
        if let inner = producers[input.index], isProduct(inner, graph),
          isOnlyReader(place, of: input, graph)
        {
          pending.append(inner)
        } else {
          factors.append(input)
        }
      }
    }
    guard halves == 1, factors.count == 2 else { return nil }
    for (x, sum) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      guard let outer = producers[sum.index], case .add = graph.nodes[outer].operation,
        let curve = other(graph.nodes[outer], graph, { $0 == 1 }),
        let inner = producers[curve.index],
        case .activation(.erf) = graph.nodes[inner].operation,
        let root = producers[graph.nodes[inner].inputs[0].index],
        scaled(graph.nodes[root], by: Float(0.5).squareRoot(), graph) == x
      else { continue }
      return x
    }
    return nil
  }

  private func isProduct(_ index: Int, _ graph: Graph) -> Bool {
    if case .multiply = graph.nodes[index].operation { return true }
    return false
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
    if case .activation(.erf) = node.operation { return true }
    return false
  }
}
