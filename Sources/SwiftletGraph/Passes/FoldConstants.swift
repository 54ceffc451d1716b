extension Pass {
  /// Computes what does not depend on the inputs.
  static let foldConstants = Pass(
    "fold-constants", "computes what does not depend on the network's inputs"
  ) { graph throws(PassError) in
    var folded: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() {
      let isKnown =
        !node.inputs.isEmpty && node.outputs.count == 1
        && node.inputs.allSatisfy { graph.constant($0)?.floats != nil }
      guard isKnown, graph.shape(of: node.output).count <= largestFold else { continue }
      let result = NodeExecutor(node, in: graph).run([])
      graph.makeConstant(node.output, named: node.name, .floats(result.values))
      folded.insert(index)
    }
    graph.removeNodes(folded)
  }

  /// Elements of the largest constant that is made: a small file must not ask for much memory.
  private static let largestFold = 1 << 24
}
