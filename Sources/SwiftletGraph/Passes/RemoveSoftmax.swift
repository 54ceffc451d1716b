extension Pass {
  /// Leaves out a softmax at the end: softmax is presentation, the bundle ends with the logits.
  static let removeSoftmax = Pass(
    "remove-softmax", "leaves out a softmax at the end of the network"
  ) { graph throws(PassError) in
    let readers = graph.readers
    var removed: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() {
      guard case .softmax = node.operation else { continue }
      // Rounding its result is presentation as well.
      let later = readers[node.output.index]
      if !later.isEmpty, later.allSatisfy({ isRounding($0, graph, readers) }) {
        for reader in later {
          graph.replaceUses(of: graph.nodes[reader].output, by: node.output)
          removed.insert(reader)
        }
      } else if !later.isEmpty {
        throw .unsupported(
          layer: node.name, operation: "softmax before another layer",
          advice: "it is accepted at the end of a network only")
      }
      graph.replaceUses(of: node.output, by: node.inputs[0])
      graph.notes.append("softmax \(node.name) is left out: the bundle's outputs are logits")
      removed.insert(index)
    }
    graph.removeNodes(removed)
  }

  private static func isRounding(_ index: Int, _ graph: Graph, _ readers: [[Int]]) -> Bool {
    guard case .fakeQuantize = graph.nodes[index].operation else { return false }
    return readers[graph.nodes[index].output.index].isEmpty
  }
}
