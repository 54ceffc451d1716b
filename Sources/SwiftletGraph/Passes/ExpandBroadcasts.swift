extension Pass {
  /// Gives sums operands of one shape, and products a factor of the result's.
  ///
  /// The other factor of a product may have one value for each channel, pixel or element; others are
  /// repeated too.
  static let expandBroadcasts = Pass(
    "expand", "repeats the elements of smaller operands of sums, and of products as far as needed"
  ) { graph throws(PassError) in
    var index = 0
    while index < graph.nodes.count {
      let node = graph.nodes[index]
      for place in node.smallerOperands(graph) {
        let input = node.inputs[place]
        let expansion = Operation.expand(Expand(to: graph.shape(of: node.output).dimensions))
        do throws(GraphError) {
          let made = try graph.makeNode(
            expansion, name: "\(node.name).operand\(place + 1)", inputs: [input])
          graph.nodes[index].inputs[place] = made.output
          graph.nodes.insert(made, at: index)
          index += 1
        } catch {
          throw .graph(error)
        }
      }
      index += 1
    }
  }
}

extension Node {
  /// The places of the operands that have to be repeated.
  fileprivate func smallerOperands(_ graph: Graph) -> [Int] {
    let result = graph.shape(of: output).image
    let images = inputs.map { graph.shape(of: $0).image }
    if inputs.contains(where: { graph.isConstant($0) }) { return [] }
    if case .add = operation { return inputs.indices.filter { images[$0] != result } }
    guard case .multiply = operation else { return [] }
    if images.contains(result) { return inputs.indices.filter { !images[$0].isFactor(of: result) } }
    if images[0].isFactor(of: result) { return [1] }
    return images[1].isFactor(of: result) ? [0] : [0, 1]
  }
}

extension ImageShape {
  /// Whether it has one value for each channel, pixel or element of another.
  package func isFactor(of other: ImageShape) -> Bool {
    (area == 1 || (height == other.height && width == other.width))
      && (channels == 1 || channels == other.channels)
  }
}
