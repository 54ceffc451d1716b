extension Pass {
  /// Joins x · gate(x) into the activation that it spells out.
  static let recogniseActivations = Pass(
    "recognise-activations", "joins x · sigmoid(x) into SiLU and x · h-sigmoid(x) into h-swish"
  ) { graph throws(PassError) in
    let (readers, producers) = (graph.readers, graph.producers)
    var removed: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() {
      guard case .multiply = node.operation, node.inputs.count == 2 else { continue }
      for (x, y) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
        guard let gate = producers[y.index], !removed.contains(gate),
          case .activation(let activation) = graph.nodes[gate].operation,
          let whole = activation.timesInput, graph.nodes[gate].inputs == [x],
          readers[y.index] == [index], !graph.isOutput(y)
        else { continue }
        graph.nodes[index].operation = .activation(whole)
        graph.nodes[index].inputs = [x]
        removed.insert(gate)
        break
      }
    }
    graph.removeNodes(removed)
  }
}
