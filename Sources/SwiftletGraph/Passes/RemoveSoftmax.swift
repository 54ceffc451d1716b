extension Pass {
  /// Leaves out a softmax at the end: softmax is presentation, the bundle ends with the logits.
  static let removeSoftmax = Pass(
    "remove-softmax", "leaves out a softmax at the end of the network"
  ) { graph throws(PassError) in
    let readers = graph.readers
    var removed: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() {
      guard case .softmax = node.operation else { continue }
      guard readers[node.output.index].isEmpty else {
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
}
