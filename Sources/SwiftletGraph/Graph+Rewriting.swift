extension Graph {
  /// For each value, the indices of the nodes that read it, a residual included.
  package var readers: [[Int]] {
    var readers = [[Int]](repeating: [], count: valueCount)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { readers[input.index].append(index) }
      if let residual = node.tail?.residual { readers[residual.index].append(index) }
    }
    return readers
  }

  /// For each value, the index of the node that computes it; nil for inputs and constants.
  package var producers: [Int?] {
    var producers = [Int?](repeating: nil, count: valueCount)
    for (index, node) in nodes.enumerated() {
      for output in node.outputs { producers[output.index] = index }
    }
    return producers
  }

  /// Whether a value leaves the network.
  package func isOutput(_ value: ValueID) -> Bool {
    outputs.contains { $0.value == value }
  }

  /// Makes everybody who reads `value`, outputs included, read `other` instead.
  package mutating func replaceUses(of value: ValueID, by other: ValueID) {
    for index in nodes.indices {
      for position in nodes[index].inputs.indices where nodes[index].inputs[position] == value {
        nodes[index].inputs[position] = other
      }
      if nodes[index].tail?.residual == value { nodes[index].tail?.residual = other }
    }
    for index in outputs.indices where outputs[index].value == value {
      outputs[index].value = other
    }
  }

  /// Removes the nodes at some indices; nobody may read their results any more.
  package mutating func removeNodes(_ indices: Set<Int>) {
    nodes = nodes.indices.filter { !indices.contains($0) }.map { nodes[$0] }
    releaseUnusedConstants()
  }

  /// Frees the contents of constants that nobody reads.
  package mutating func releaseUnusedConstants() {
    var isRead = [Bool](repeating: false, count: valueCount)
    for node in nodes {
      for input in node.inputs { isRead[input.index] = true }
    }
    for port in outputs { isRead[port.value.index] = true }
    for value in values where !isRead[value.index] && isConstant(value) { release(value) }
  }
}
