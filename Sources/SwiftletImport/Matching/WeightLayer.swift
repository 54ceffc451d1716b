import SwiftletGraph

/// A convolution or linear layer of a graph, with the batch normalisation that alone reads its
/// result: the unit in which weights are looked for.
struct WeightLayer {
  /// A constant of the graph that is to be found in a file.
  struct Parameter {
    let value: ValueID
    /// The network's own name for it, for example `features.0.1.running_mean`.
    let name: String
    /// PyTorch's order: `[out, in / groups, height, width]`, `[out, in]` or `[channels]`.
    let shape: [Int]
  }

  /// The parameters of a batch normalisation.
  struct Norm {
    let gamma: Parameter
    let beta: Parameter
    let mean: Parameter
    let variance: Parameter
  }

  /// The layer's name.
  let name: String
  /// Where the convolution or linear layer stands among the graph's nodes.
  let node: Int
  let weight: Parameter
  /// nil where the graph has none; a file may have one all the same.
  let bias: Parameter?
  let norm: Norm?
  /// What it is for in a network of depthwise blocks.
  let kind: Kind

  /// What tells the layers of a block apart.
  enum Kind {
    /// Every channel is convolved by itself.
    case depthwise
    /// It reads the mean over an image of which only the channels are left: the first of a gate's two.
    case gate
    /// Any other convolution or linear layer.
    case dense
  }

  var outputs: Int { weight.shape[0] }

  /// The name of the batch normalisation.
  var normName: String? { norm.map { String($0.gamma.name.dropLast(".weight".count)) } }

  /// The name that a bias has, or would have.
  var biasName: String { bias?.name ?? "\(name).bias" }
}

extension Graph {
  /// The layers that have weights, in execution order.
  var weightLayers: [WeightLayer] {
    let readers = readers
    return nodes.indices.compactMap { index in
      let node = nodes[index]
      guard let linear = node.operation.definition.linear,
        let weight = parameter(node, linear.weightInput)
      else { return nil }
      return WeightLayer(
        name: node.name, node: index, weight: weight, bias: parameter(node, linear.biasInput),
        norm: norm(after: node, readers), kind: kind(index))
    }
  }

  private func kind(_ index: Int) -> WeightLayer.Kind {
    guard case .conv2D(let convolution) = nodes[index].operation else { return .dense }
    if convolution.isDepthwise { return .depthwise }
    if index > 0, case .globalAveragePool = nodes[index - 1].operation,
      nodes[index - 1].output == nodes[index].inputs[0]
    {
      return .gate
    }
    return .dense
  }

  private func norm(after node: Node, _ readers: [[Int]]) -> WeightLayer.Norm? {
    let list = readers[node.output.index]
    guard list.count == 1, !isOutput(node.output) else { return nil }
    let norm = nodes[list[0]]
    guard case .batchNorm = norm.operation, let gamma = parameter(norm, 1),
      let beta = parameter(norm, 2), let mean = parameter(norm, 3),
      let variance = parameter(norm, 4)
    else { return nil }
    return WeightLayer.Norm(gamma: gamma, beta: beta, mean: mean, variance: variance)
  }

  private func parameter(_ node: Node, _ input: Int) -> WeightLayer.Parameter? {
    guard input < node.inputs.count, let constant = constant(node.inputs[input]) else { return nil }
    let value = node.inputs[input]
    return WeightLayer.Parameter(
      value: value, name: constant.name, shape: shape(of: value).dimensions)
  }
}
