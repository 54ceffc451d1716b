import SwiftletGraph

/// The tensors of a file that belong to one layer.
struct LayerParameters {
  /// A batch normalisation's tensors; a missing gamma means ones, a missing beta zeros.
  struct Norm {
    var gamma: WeightTensor?
    var beta: WeightTensor?
    var mean: WeightTensor
    var variance: WeightTensor
  }

  var weight: WeightTensor
  var bias: WeightTensor?
  var norm: Norm?

  /// The pairs of the report, in PyTorch's naming.
  func pairs(_ layer: WeightLayer) -> [MatchReport.Pair] {
    var found = [(layer.weight.name, weight)]
    if let bias { found.append((layer.biasName, bias)) }
    if let norm, let own = layer.norm {
      if let gamma = norm.gamma { found.append((own.gamma.name, gamma)) }
      if let beta = norm.beta { found.append((own.beta.name, beta)) }
      found.append((own.mean.name, norm.mean))
      found.append((own.variance.name, norm.variance))
    }
    return found.map { MatchReport.Pair(parameter: $0.0, tensor: $0.1.name, shape: $0.1.shape) }
  }

  /// Every tensor of the layer.
  var tensors: [WeightTensor] {
    [weight, bias, norm?.gamma, norm?.beta, norm?.mean, norm?.variance].compactMap { $0 }
  }

  /// Refuses values no network can work with.
  func checkValues() throws(NetworkProblem) {
    for tensor in tensors {
      if let index = tensor.values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(tensor: tensor.name, index: index)
      }
    }
    if let variance = norm?.variance, let index = variance.values.firstIndex(where: { $0 < 0 }) {
      throw .negativeVariance(
        tensor: variance.name, index: index, value: variance.values[index])
    }
  }
}

extension Graph {
  /// Gives a layer's constants their elements. They share the tensors' memory.
  ///
  /// The tensors have the shapes that the layer needs. A bias where the graph has none becomes one
  /// more input of the layer.
  mutating func bind(_ layer: WeightLayer, to tensors: LayerParameters) {
    bind(layer.weight, to: tensors.weight)
    if let own = layer.bias, tensors.bias == nil {
      bind(own, to: nil, orAll: 0)
    } else if let bias = tensors.bias {
      if let own = layer.bias {
        bind(own, to: bias)
      } else {
        nodes[layer.node].inputs.append(
          addConstant(bias.name, shape: Shape(layer.outputs), .floats(bias.values)))
      }
    }
    guard let own = layer.norm, let norm = tensors.norm else { return }
    bind(own.gamma, to: norm.gamma, orAll: 1)
    bind(own.beta, to: norm.beta, orAll: 0)
    bind(own.mean, to: norm.mean)
    bind(own.variance, to: norm.variance)
  }

  private mutating func bind(_ parameter: WeightLayer.Parameter, to tensor: WeightTensor) {
    bind(parameter.value, .floats(tensor.values), name: tensor.name)
  }

  private mutating func bind(
    _ parameter: WeightLayer.Parameter, to tensor: WeightTensor?, orAll value: Float
  ) {
    if let tensor {
      bind(parameter, to: tensor)
    } else {
      let count = shape(of: parameter.value).count
      bind(parameter.value, .floats([Float](repeating: value, count: count)))
    }
  }
}
