import SwiftletPlatform

extension Graph {
  /// Bytes of all weights.
  public var weightsLength: Int {
    Memory.floats(
      nodes.compactMap { node in
        node.operation.definition.linear.map { shape(of: node.inputs[$0.weightInput]).count }
      })
  }

  /// Bytes of the largest weight. A pass that reorders weights has one of them twice for a moment.
  public var largestWeightLength: Int {
    nodes.compactMap { node in
      node.operation.definition.linear.map {
        Memory.floats([shape(of: node.inputs[$0.weightInput]).count])
      }
    }.max() ?? 0
  }

  /// Bytes of the largest value.
  private var largestValueLength: Int {
    Memory.floats([nodes.flatMap { $0.outputs.map { shape(of: $0).count } }.max() ?? 0])
  }

  /// Bytes, about, that a `FloatExecutor` takes up: the packed weights, and a layer's input, output
  /// and what is kept for an addition.
  public var executionLength: Int {
    let value = largestValueLength
    return Memory.sum([weightsLength, value, value, value])
  }
}
