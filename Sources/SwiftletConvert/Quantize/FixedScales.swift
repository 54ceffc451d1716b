import SwiftletGraph
import SwiftletRuntime

/// The scales of a network that was quantized before: its `fakeQuantize` nodes state them, and they are
/// kept as they are.
struct FixedScales: Sendable {
  private var records: [ValueID: QuantizationRecord] = [:]

  /// None.
  init() {}

  /// Whether the network states no scales.
  var isEmpty: Bool { records.isEmpty }

  /// The scale and zero point that a value was given.
  subscript(value: ValueID) -> QuantizationRecord? { records[value] }

  /// Takes the roundings out of a graph after the passes `Pass.integer`: what computes a rounded value
  /// gives it its scale. Those stay that round a value which others read as it is, or which has to have
  /// its input's scale: tables, with the scales that they state.
  init(takenFrom graph: inout Graph) {
    let (readers, producers) = (graph.readers, graph.producers)
    // What the results of roundings that are gone are now.
    var values: [ValueID: ValueID] = [:]
    var removed: Set<Int> = []
    for index in graph.nodes.indices {
      graph.nodes[index].readInstead(values)
      let node = graph.nodes[index]
      guard case .fakeQuantize(let rounding) = node.operation else { continue }
      let (value, record) = (node.inputs[0], QuantizationRecord(rounding))
      if records[value] == nil, !graph.isOutput(value),
        readers[value.index].allSatisfy({ graph.nodes[$0].rounds(as: rounding) }),
        producers[value.index].map({ isFree(graph.nodes[$0], record) }) ?? true
      {
        records[value] = record
      }
      if records[value] == record {
        values[node.output] = value
        removed.insert(index)
        // What is stored is the rounded value, which for what is clamped by its levels matters.
        if let producer = producers[value.index], graph.nodes[producer].outputs.count == 1 {
          graph.nodes[producer].resultName = node.resultName
        }
      } else {
        records[node.output] = record
      }
    }
    for index in graph.outputs.indices {
      if let value = values[graph.outputs[index].value] { graph.outputs[index].value = value }
    }
    graph.removeNodes(removed)
  }

  /// Whether a node's result may have this scale: most have any, some their input's.
  private func isFree(_ node: Node, _ record: QuantizationRecord) -> Bool {
    switch node.resultRange {
    case .calibrated, .gate: true
    case .ofInput: node.operation.definition.movement != nil || records[node.inputs[0]] == record
    }
  }

  /// The stored values of a graph whose scales are not known without calibration.
  func unknownValues(_ graph: Graph) -> [ValueID] {
    graph.inputs.map(\.value).filter { records[$0] == nil }
      + graph.nodes.flatMap { node in
        switch node.resultRange {
        case .calibrated: node.outputs.filter { records[$0] == nil }
        case .gate, .ofInput: [ValueID]()
        }
      }
  }
}

extension Node {
  /// Whether it is this rounding.
  fileprivate func rounds(as rounding: FakeQuantize) -> Bool {
    if case .fakeQuantize(let own) = operation { return own == rounding }
    return false
  }

  /// Reads other values in place of some.
  fileprivate mutating func readInstead(_ values: [ValueID: ValueID]) {
    for place in inputs.indices { inputs[place] = values[inputs[place]] ?? inputs[place] }
    if let residual = tail?.residual { tail?.residual = values[residual] ?? residual }
  }
}
