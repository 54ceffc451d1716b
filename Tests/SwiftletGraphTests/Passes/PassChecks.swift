import SwiftletGraph
import SwiftletTestSupport
import Testing

/// The passes of these names, in the order given.
func passes(_ names: String...) throws -> [Pass] {
  try names.map { name in
    try #require(Pass.all.first { $0.name == name }, "there is no pass \(name)")
  }
}

/// Why passes refuse a graph; nil when they accept it.
func refusal(_ passes: [Pass], of graph: Graph) -> PassError? {
  var graph = graph
  do throws(PassError) {
    try graph.apply(passes)
    return nil
  } catch {
    return error
  }
}

/// Applies passes and checks that the graph is well-formed after them and computes what it did.
///
/// - Parameters:
///   - tolerance: how far an element may be off, as a part of the largest in its tensor; 0 for the
///     same bits.
///   - seed: of the input tensors.
/// - Returns: the graph after the passes.
@discardableResult
func checked(
  _ passes: [Pass], on graph: Graph, tolerance: Float = 0, seed: UInt64 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Graph {
  var after = graph
  try after.apply(passes)
  checkForm(of: after, sourceLocation: sourceLocation)
  var random = SplitMix64(seed: seed)
  let inputs = graph.inputs.map { random.tensor(graph.shape(of: $0.value)) }
  let isTurned = hasChannelsFirst(graph) && !hasChannelsFirst(after)
  let expected = FloatExecutor(graph, threads: 1).run(inputs)
  let found = FloatExecutor(after, threads: 1)
    .run(inputs.map { isTurned && $0.shape.rank == 4 ? $0.channelsLast : $0 })
  #expect(
    after.outputs.map(\.name) == graph.outputs.map(\.name), sourceLocation: sourceLocation)
  for (port, (found, expected)) in zip(graph.outputs, zip(found, expected)) {
    var expected = expected
    if isTurned, expected.shape.rank == 4 {
      let last = expected.channelsLast
      if found.shape != expected.shape {
        expected = last
      } else {
        #expect(
          last.shape != expected.shape || expected.shape.count == 1,
          "the shape of \(port.name) does not tell its layout", sourceLocation: sourceLocation)
      }
    }
    if let difference = difference(found.values, expected.values, tolerance) {
      Issue.record("\(port.name): \(difference)", sourceLocation: sourceLocation)
    }
  }
  return after
}

/// What differs most, if it is more than it may be.
func difference(_ found: [Float], _ expected: [Float], _ tolerance: Float) -> String? {
  if found.count != expected.count {
    return "\(found.count) elements, expected \(expected.count)"
  }
  let largest = expected.map(abs).max() ?? 0
  let index = found.indices.max {
    abs(found[$0] - expected[$0]) < abs(found[$1] - expected[$1])
  }
  guard !found.contains(where: \.isNaN), let index else { return "NaN, or nothing" }
  let isClose = abs(found[index] - expected[index]) <= tolerance * largest
  return isClose ? nil : "element \(index) is \(found[index]), expected \(expected[index])"
}

private func hasChannelsFirst(_ graph: Graph) -> Bool {
  graph.nodes.contains {
    if case .image(.channelsFirst, _) = $0.operation.definition.layoutRule { return true }
    return false
  }
}

/// Checks that everything is computed once, before it is read, and as large as the shape rules say.
func checkForm(of graph: Graph, sourceLocation: SourceLocation = #_sourceLocation) {
  var known = Set(graph.inputs.map(\.value)).union(graph.values.filter { graph.isConstant($0) })
  for node in graph.nodes {
    for value in node.inputs + (node.tail?.residual.map { [$0] } ?? []) {
      #expect(
        known.contains(value), "\(node.name) reads %\(value.index) too early",
        sourceLocation: sourceLocation)
    }
    let counts = try? node.operation.definition
      .outputShapes(node.inputs.map { graph.shape(of: $0) }).map(\.count)
    #expect(
      counts == node.outputs.map { graph.shape(of: $0).count }, "\(node.name)",
      sourceLocation: sourceLocation)
    for output in node.outputs {
      #expect(
        known.insert(output).inserted, "%\(output.index) is computed twice",
        sourceLocation: sourceLocation)
    }
  }
  for port in graph.outputs {
    #expect(
      known.contains(port.value), "output \(port.name) is not computed",
      sourceLocation: sourceLocation)
  }
}

extension Graph {
  /// The operations' names, in order.
  var operationNames: [String] { nodes.map(\.operation.name) }

  /// A copy with some values as outputs.
  func withOutputs(_ values: ValueID...) -> Graph {
    var graph = self
    for (index, value) in values.enumerated() {
      graph.addOutput("output\(index)", value: value)
    }
    return graph
  }
}
