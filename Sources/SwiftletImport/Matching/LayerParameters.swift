/// The tensors of one planned layer.
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
  func pairs(_ layer: NetworkPlan.Layer) -> [MatchReport.Pair] {
    var found = [("\(layer.name).weight", weight)]
    if let bias { found.append(("\(layer.name).bias", bias)) }
    if let norm, let name = layer.norm {
      if let gamma = norm.gamma { found.append(("\(name).weight", gamma)) }
      if let beta = norm.beta { found.append(("\(name).bias", beta)) }
      found.append(("\(name).running_mean", norm.mean))
      found.append(("\(name).running_var", norm.variance))
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

/// A shape without the trailing ones beyond two dimensions: a 1×1 convolution and a linear layer
/// hold the same numbers in the same order.
func squeezed(_ shape: [Int]) -> [Int] {
  var result = shape
  while result.count > 2, result.last == 1 { result.removeLast() }
  return result
}
