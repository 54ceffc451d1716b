import SwiftletGraph

extension Graph {
  /// Gives layers the names that the file's owner knows them by, and what follows them names made of
  /// theirs: `blocks.0.0.bn1.act`.
  mutating func rename(_ layers: [WeightLayer], to names: [LayerNames]) {
    guard zip(layers, names).contains(where: { $0.name != $1.layer }) else { return }
    let readers = readers
    var nameOfNode: [Int: String] = [:]
    for (layer, names) in zip(layers, names) {
      nameOfNode[layer.node] = names.layer
      if layer.norm != nil, let reader = readers[nodes[layer.node].output.index].first {
        nameOfNode[reader] = names.norm
      }
    }
    var last = ""
    for index in nodes.indices {
      if let name = nameOfNode[index] {
        last = name
        nodes[index].name = name
      } else {
        nodes[index].name = "\(last).\(nodes[index].operation.suffix)"
      }
      nodes[index].resultName = nodes[index].name
    }
  }
}

extension Operation {
  /// The last word of the name of a layer without weights.
  fileprivate var suffix: String {
    if case .activation = self { return "act" }
    return definition.name
  }
}
