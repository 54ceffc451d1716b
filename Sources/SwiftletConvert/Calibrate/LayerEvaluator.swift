import SwiftletGraph

/// Runs one fused layer by itself in float.
struct LayerEvaluator {
  private let executor: FloatExecutor

  /// With `withActivation` false it stops before the activation and the residual addition.
  ///
  /// - Throws: `GraphError` never in practice: the layer comes from a graph that was valid.
  init(
    _ layer: FusedLayer, in source: Graph, threads: Int?, withActivation: Bool = true
  ) throws(GraphError) {
    var graph = Graph()
    var inputs: [ValueID] = []
    for value in layer.inputs {
      inputs.append(graph.addInput("input", shape: source.shape(of: value)))
    }
    var result = try graph.add(Self.operation(layer.kind), name: layer.name, inputs: inputs)
    if withActivation {
      if let skip = layer.skip {
        let other = graph.addInput("skip", shape: source.shape(of: skip))
        result = try graph.add(.add, name: layer.name, inputs: [result, other])
      }
      if let activation = layer.activation {
        result = try graph.add(.activation(activation), name: layer.name, inputs: [result])
      }
    }
    graph.addOutput("output", value: result)
    executor = FloatExecutor(graph, threads: threads)
  }

  /// The layer's result for the tensors in `FusedLayer.reads` order.
  func run(_ tensors: [FloatTensor]) -> FloatTensor {
    executor.run(tensors)[0]
  }

  private static func operation(_ kind: FusedLayer.Kind) -> FloatOperation {
    switch kind {
    case .convolution(let conv): .conv2D(conv)
    case .fullyConnected(let linear): .fullyConnected(linear)
    case .add: .add
    case .multiply: .multiply
    case .averagePool(let pool): .averagePool(pool)
    case .maxPool(let pool): .maxPool(pool)
    case .globalAveragePool: .globalAveragePool
    case .concat: .concat
    case .lookup(let activation): .activation(activation)
    }
  }
}
