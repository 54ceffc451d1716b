extension Graph {
  /// One line for each input, node and output: names, operations and the shapes of what they read
  /// and compute. Constants are not listed; a value is told by its number.
  public var listing: String {
    var lines = inputs.map { "input \($0.name) %\($0.value.index) \(shape(of: $0.value))" }
    for node in nodes {
      let details = node.operation.details
      let reads = activations(of: node).map { "%\($0.index)" }.joined(separator: " ")
      let results = node.outputs.map { "%\($0.index) \(shape(of: $0))" }.joined(separator: ", ")
      var line = "\(node.name): \(node.operation.name)"
      if !details.isEmpty { line += " (\(details))" }
      if let tail = node.tail {
        if tail.residual != nil { line += " + residual" }
        if let activation = tail.activation { line += " + \(activation.rawValue)" }
      }
      lines.append(line + " of \(reads) = \(results)")
    }
    lines += outputs.map { "output \($0.name) %\($0.value.index) \(shape(of: $0.value))" }
    return lines.joined(separator: "\n")
  }
}
