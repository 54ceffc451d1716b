import SwiftletPlatform

extension Graph {
  /// Bytes of all weights.
  public var weightsLength: Int {
    Memory.floats(
      nodes.map { node in
        switch node.operation {
        case .conv2D(let conv): conv.weights.count
        case .fullyConnected(let layer): layer.weights.count
        case .batchNorm, .activation, .add, .multiply, .averagePool, .maxPool, .globalAveragePool,
          .concat, .flatten, .softmax:
          0
        }
      })
  }

  /// Bytes of the largest value.
  private var largestValueLength: Int {
    Memory.floats([nodes.map { shape(of: $0.output).count }.max() ?? 0])
  }

  /// Bytes, about, that a `FloatExecutor` takes up: the packed weights, and a layer's input, output
  /// and what is kept for an addition.
  public var executionLength: Int {
    let value = largestValueLength
    return Memory.sum([weightsLength, value, value, value])
  }
}
