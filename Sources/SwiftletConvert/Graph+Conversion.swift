import SwiftletGraph

// What a conversion asks of a graph after the passes `Pass.integer`, each of whose nodes is one
// operation of the bundle.

extension Graph {
  /// Whether the network was quantized before, and says with which scales.
  public var statesScales: Bool {
    nodes.contains {
      if case .fakeQuantize = $0.operation { return true }
      return false
    }
  }

  /// The values that become int8 tensors: inputs, then each node's results.
  var storedValues: [ValueID] { inputs.map(\.value) + nodes.flatMap(\.outputs) }

  /// For each value, the nodes that read it, each once.
  var readingNodes: [[Int]] {
    readers.map { list in
      list.enumerated().filter { $0.offset == 0 || list[$0.offset - 1] != $0.element }
        .map(\.element)
    }
  }

  /// The floats of a constant of a node, by its place among the node's inputs; nil if there is none.
  func floats(_ input: Int, of node: Node) -> [Float]? {
    input < node.inputs.count ? constant(node.inputs[input])?.floats : nil
  }

  /// Refuses what has no integer form, before any work is done for it.
  ///
  /// - Throws: `ConvertError.unsupported`, `.emptyNetwork`.
  func checkConvertible() throws(ConvertError) {
    guard !nodes.isEmpty, !outputs.isEmpty else { throw .emptyNetwork }
    for node in nodes {
      if case .image(.channelsFirst, _) = node.operation.definition.layoutRule {
        preconditionFailure("the graph is one after the passes of Pass.reference")
      }
      try checkConstants(of: node)
      try node.operation.lowering.check(node, in: self)
    }
    for port in outputs where isConstant(port.value) {
      throw .unsupported(
        layer: port.name, operation: "an output that is always the same",
        advice: "leave it out of the network")
    }
  }

  /// A bundle holds constants as weights and biases only.
  private func checkConstants(of node: Node) throws(ConvertError) {
    let linear = node.operation.definition.linear
    for (place, input) in node.inputs.enumerated() {
      let isWeight = place > 0 && linear != nil
      guard isWeight != (constant(input)?.floats != nil) else { continue }
      throw .unsupported(
        layer: node.name,
        operation: "\(node.operation.name) with \(isWeight ? "computed weights" : "a constant")",
        advice: isWeight
          ? "weights and biases must be constants" : "only weights and biases may be constants")
    }
  }
}

/// Where the scale of an operation's results comes from.
enum ResultRange {
  /// From the values that calibration saw.
  case calibrated
  /// It is a gate's: 0…1 as −128…127.
  case gate
  /// It is the first input's: the levels are the input's own.
  case ofInput
}

extension Node {
  /// Where the scale of the results comes from, the tail included.
  var resultRange: ResultRange {
    if let activation = tail?.activation, activation.isGate { return .gate }
    return operation.lowering.resultRange
  }
}

extension LinearWeights {
  /// Where an output channel's weights stand among all.
  func range(ofChannel channel: Int) -> Range<Int> {
    channel * weightsPerChannel..<(channel + 1) * weightsPerChannel
  }
}
