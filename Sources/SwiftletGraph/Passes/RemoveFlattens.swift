extension Pass {
  /// Leaves flattening out: a tensor's bytes are its flattened vector already.
  ///
  /// Operations that see pixels would see some where the float graph has none: of an image of more
  /// than one pixel only a fully connected layer may read the vector. One before an operation that
  /// names dimensions stays, since the image has more of them.
  static let removeFlattens = Pass(
    "remove-flattens", "leaves flattening out: a tensor's bytes are its flattened vector already"
  ) { graph throws(PassError) in
    let readers = graph.readers
    var removed: Set<Int> = []
    for index in graph.nodes.indices {
      // As it is now: another flattening before it may be left out already.
      let node = graph.nodes[index]
      guard case .flatten = node.operation else { continue }
      if graph.shape(of: node.inputs[0]).image.area > 1 {
        for reader in readers[node.output.index] {
          if isRoundingBeforeLayers(reader, graph, readers) {
            // Between the two the vector is the image that its bytes are.
            let shape = graph.shape(of: node.inputs[0])
            graph.setShape(shape, of: graph.nodes[reader].output)
            continue
          }
          guard case .memoryOrder = graph.nodes[reader].operation.definition.layoutRule else {
            throw .unsupported(
              layer: graph.nodes[reader].name, operation: "a flattened image",
              advice: "only a fully connected layer may read the result of flatten \(node.name)")
          }
        }
      }
      let namesDimensions = readers[node.output.index].contains {
        if case .dimensions = graph.nodes[$0].operation.definition.layoutRule { return true }
        return false
      }
      if namesDimensions && graph.shape(of: node.inputs[0]).rank != 2 { continue }
      graph.replaceUses(of: node.output, by: node.inputs[0])
      removed.insert(index)
    }
    graph.removeNodes(removed)
  }

  /// Whether a node rounds a vector for fully connected layers alone.
  private static func isRoundingBeforeLayers(
    _ index: Int, _ graph: Graph, _ readers: [[Int]]
  ) -> Bool {
    guard case .fakeQuantize = graph.nodes[index].operation else { return false }
    return readers[graph.nodes[index].output.index].allSatisfy {
      if case .memoryOrder = graph.nodes[$0].operation.definition.layoutRule { return true }
      return false
    }
  }
}
