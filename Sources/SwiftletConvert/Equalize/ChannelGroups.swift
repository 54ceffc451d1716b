import SwiftletGraph

/// Values of a network whose channels can be scaled together without changing what it computes.
///
/// Whoever is linear with a row of weights for each channel (a convolution, a fully connected layer, the
/// batch normalisation after one) makes a channel c times as large if its row is; whoever reads channels
/// with a weight for each takes it back. Between the two only what hands scaling on may stand: ReLU,
/// pools, additions of values that are scaled alike, gates.
struct ChannelGroup {
  /// Channels of each value.
  let channels: Int
  /// The values, in the order of execution.
  var values: [ValueID] = []
  /// The constants with an element, or a row of them, for each channel, which grow with it: weights and
  /// biases of linear layers, gammas and betas of batch normalisations.
  var makers: [ValueID] = []
  /// Who reads one of the values with weights.
  var readers: [ChannelReader] = []

  init(channels: Int) { self.channels = channels }
}

/// A linear layer that reads channels with a weight for each.
struct ChannelReader {
  let value: ValueID
  /// The constant of weights: rows for output channels, of which each has `taps` times the channels
  /// of its group, channels innermost.
  let weights: ValueID
  let outputChannels: Int
  let groups: Int
  let taps: Int
  let isDepthwise: Bool
}

extension ChannelGroup {
  /// The groups of a network after the passes `Pass.reference`, of those that have a reader.
  static func all(_ graph: Graph) -> [ChannelGroup] {
    var finder = GroupFinder(graph)
    for node in graph.nodes { finder.add(node) }
    for port in graph.inputs + graph.outputs { finder.exclude(port.value) }
    return finder.groups()
  }
}

/// Joins values, a node after the other.
private struct GroupFinder {
  private let graph: Graph
  private let readers: [[Int]]
  /// A value of the same group, nearer its first; the first value's own is itself.
  private var leader: [Int]
  private var excluded: Set<Int> = []
  /// Results of linear layers that only a batch normalisation reads: what that makes is scaled.
  private var inner: Set<ValueID> = []
  private var makers: [Int: [ValueID]] = [:]
  private var channelReaders: [ChannelReader] = []

  init(_ graph: Graph) {
    self.graph = graph
    readers = graph.readers
    leader = Array(0..<graph.valueCount)
  }

  mutating func add(_ node: Node) {
    let activations = node.inputs.filter { !graph.isConstant($0) }
    switch node.operation.definition.scalingRule {
    case .ends:
      exclude(node)
    case .weighs(let groups, let taps):
      addLinear(node, groups: groups, taps: taps)
    case .normalises:
      guard inner.contains(node.inputs[0]), ownsConstants(node) else { return exclude(node) }
      makers[node.output.index] = [node.inputs[1], node.inputs[2]]
    case .handsOn:
      // Pools change the size of an image; where channels are, they stay.
      let channels = Set(([node.output] + activations).map { graph.shape(of: $0).image.channels })
      let inputs = Set(activations.map { graph.shape(of: $0) })
      guard channels.count == 1, inputs.count == 1, activations.count == node.inputs.count else {
        return exclude(node)
      }
      join(node, activations)
    case .gates:
      let counts = activations.map { graph.shape(of: $0).count }
      guard counts.count == 2, counts[0] != counts[1] else { return exclude(node) }
      let gate = counts[0] < counts[1] ? 0 : 1
      exclude(activations[gate])
      join(node, [activations[1 - gate]])
    }
  }

  mutating func exclude(_ value: ValueID) { excluded.insert(value.index) }

  private mutating func exclude(_ node: Node) {
    for value in node.inputs + node.outputs { exclude(value) }
  }

  private mutating func join(_ node: Node, _ inputs: [ValueID]) {
    for input in inputs { leader[root(input.index)] = root(node.output.index) }
  }

  private mutating func addLinear(_ node: Node, groups: Int, taps: Int) {
    guard let linear = node.operation.definition.linear, ownsConstants(node),
      graph.shape(of: node.inputs[0]).image.channels * taps == linear.weightsPerChannel * groups
    else { return exclude(node) }
    channelReaders.append(
      ChannelReader(
        value: node.inputs[0], weights: node.inputs[linear.weightInput],
        outputChannels: linear.outputChannels, groups: groups, taps: taps,
        isDepthwise: linear.isDepthwise))
    let list = readers[node.output.index]
    if list.count == 1, !graph.isOutput(node.output),
      case .normalises = graph.nodes[list[0]].operation.definition.scalingRule
    {
      inner.insert(node.output)
    } else {
      makers[node.output.index] = Array(node.inputs.dropFirst())
    }
  }

  /// Whether nobody else reads the node's constants, which are floats.
  private func ownsConstants(_ node: Node) -> Bool {
    node.inputs.dropFirst().allSatisfy { value in
      graph.constant(value)?.floats != nil && readers[value.index].count == 1
        && !graph.isOutput(value)
    }
  }

  private mutating func root(_ index: Int) -> Int {
    var index = index
    while leader[index] != index {
      leader[index] = leader[leader[index]]
      index = leader[index]
    }
    return index
  }

  /// What was found, in the order of execution of each group's last value.
  mutating func groups() -> [ChannelGroup] {
    var result: [Int: ChannelGroup] = [:]
    for value in graph.nodes.flatMap(\.outputs) where !inner.contains(value) {
      let found = makers[value.index] ?? []
      let channels = graph.shape(of: value).image.channels
      let root = root(value.index)
      result[root, default: ChannelGroup(channels: channels)].values.append(value)
      result[root]?.makers += found
    }
    for reader in channelReaders { result[root(reader.value.index)]?.readers.append(reader) }
    for index in excluded { result[root(index)] = nil }
    return result.keys.sorted().compactMap { result[$0] }
      .filter { !$0.readers.isEmpty && !$0.makers.isEmpty }
  }
}
