extension Pass {
  /// Joins reshape, transpose, reshape into a channel shuffle.
  static let recogniseShuffles = Pass(
    "recognise-shuffles",
    "joins reshape, transpose, reshape into the channel shuffle they spell out"
  ) { graph throws(PassError) in
    let (readers, producers) = (graph.readers, graph.producers)
    var removed: Set<Int> = []
    for (index, last) in graph.nodes.enumerated() {
      // [1, g·n, h, w] → [1, g, n, h, w] → [1, n, g, h, w] → [1, n·g, h, w]
      guard case .reshape = last.operation,
        let middle = producers[last.inputs[0].index],
        case .transpose(let transpose) = graph.nodes[middle].operation,
        transpose.order == [0, 2, 1, 3, 4],
        let first = producers[graph.nodes[middle].inputs[0].index],
        case .reshape(let split) = graph.nodes[first].operation
      else { continue }
      let input = graph.nodes[first].inputs[0]
      let shape = graph.shape(of: input)
      let isInner = [first, middle].allSatisfy {
        let value = graph.nodes[$0].output
        return readers[value.index].count == 1 && !graph.isOutput(value)
      }
      guard isInner, shape.rank == 4, shape[0] == 1, graph.shape(of: last.output) == shape,
        split.shape[0] == shape[0], split.shape.dimensions[3...] == shape.dimensions[2...]
      else { continue }
      graph.nodes[index].operation = .channelShuffle(ChannelShuffle(groups: split.shape[1]))
      graph.nodes[index].inputs = [input]
      removed.formUnion([first, middle])
    }
    graph.removeNodes(removed)
  }
}
