extension Graph {
  /// One line for each value but constants: its number, its shape, and what it is: an input, or the
  /// operation that computes it with the values that this reads and the layer's name. Outputs follow.
  ///
  /// Constants are named where an operation reads them as it does other values; weights, biases and
  /// statistics are not.
  public var listing: String {
    var lines = inputs.map { line($0.value, "input \($0.name)") }
    for node in nodes {
      lines.append(line(node.output, description(of: node)))
      for (index, result) in node.outputs.enumerated().dropFirst() {
        lines.append(line(result, "result \(index + 1) of \(node.name)"))
      }
    }
    lines += outputs.map { line($0.value, "output \($0.name)") }
    let widths = (0..<2).map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      let padded = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return (padded + [line[2]]).joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private func line(_ value: ValueID, _ text: String) -> [String] {
    ["%\(value.index)", shape(of: value).description, text]
  }

  /// For example `conv2D(%3) 3×3, stride 2 + %2, relu6  # features.1.conv … features.1.relu`.
  private func description(of node: Node) -> String {
    let definition = node.operation.definition
    let reads = node.inputs.compactMap { value -> String? in
      guard let constant = constant(value) else { return "%\(value.index)" }
      return definition.parameterInputs.isEmpty ? "\(constant.name) \(shape(of: value))" : nil
    }
    var text = "\(definition.name)(\(reads.joined(separator: ", ")))"
    if !definition.details.isEmpty { text += " \(definition.details)" }
    if let residual = node.tail?.residual { text += " + %\(residual.index)" }
    if let activation = node.tail?.activation { text += ", \(activation.rawValue)" }
    text += "  # \(node.name)"
    return node.resultName == node.name ? text : text + " … \(node.resultName)"
  }
}
