import Foundation
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

/// Applies passes and checks that the graph is well-formed after them and computes what it did, but
/// for a softmax at the end.
///
/// An element may be off by `tolerance` of the largest in its tensor: 0 asks for the same bits. The
/// result is the graph after the passes.
@discardableResult
func checked(
  _ passes: [Pass], on graph: Graph, tolerance: Float = 0, seed: UInt64 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Graph {
  var after = graph
  var isTurned = false
  for pass in passes {
    if pass.name == "channels-last" { isTurned = hasChannelsFirst(after) }
    try after.apply([pass])
  }
  checkForm(of: after, sourceLocation: sourceLocation)
  var random = SplitMix64(seed: seed)
  let inputs = graph.inputs.map { random.tensor(graph.shape(of: $0.value)) }
  let expected = FloatExecutor(graph, threads: 1).run(inputs)
  let found = FloatExecutor(after, threads: 1).run(
    zip(inputs, after.inputs).map { tensor, port in
      guard isTurned, tensor.shape.rank == 4 else { return tensor }
      // Inputs that were channels last already keep their order.
      return tensor.channelsLast.shape == after.shape(of: port.value) ? tensor.channelsLast : tensor
    })
  #expect(
    after.outputs.map(\.name) == graph.outputs.map(\.name), sourceLocation: sourceLocation)
  for (index, port) in graph.outputs.enumerated() {
    var (found, expected, tolerance) = (found[index], expected[index], tolerance)
    if endsInSoftmax(graph, port.value), !endsInSoftmax(after, after.outputs[index].value) {
      // Channels first where nothing else in the network is about images.
      let isFirst = softmaxAxis(graph, port.value) == 1 && found.shape == expected.shape
      let isImage = isFirst && found.shape.rank == 4
      if isImage { (found, expected) = (found.channelsLast, expected.channelsLast) }
      found = softmax(found)
      tolerance = max(tolerance, 1e-5)
    }
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

private func softmaxAxis(_ graph: Graph, _ value: ValueID) -> Int? {
  guard let index = graph.producers[value.index],
    case .softmax(let softmax) = graph.nodes[index].operation
  else { return nil }
  return softmax.axis
}

private func endsInSoftmax(_ graph: Graph, _ value: ValueID) -> Bool {
  graph.producers[value.index].map { graph.nodes[$0].operation.name == "softmax" } ?? false
}

/// Of the last dimension, in double precision.
private func softmax(_ tensor: FloatTensor) -> FloatTensor {
  let channels = tensor.shape.dimensions.last ?? 1
  var result = tensor
  for start in stride(from: 0, to: tensor.values.count, by: channels) {
    let row = tensor.values[start..<start + channels].map(Double.init)
    let largest = row.max() ?? 0
    let powers = row.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    for channel in 0..<channels { result.values[start + channel] = Float(powers[channel] / sum) }
  }
  return result
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
