/// Finds a network's tensors by torchvision's names, behind any common prefix (`module.`, `model.`).
struct NameMatching {
  private let tensors: [String: WeightTensor]
  private let prefix: String
  private let file: WeightFile
  private let layers: [WeightLayer]

  init(_ file: WeightFile, _ layers: [WeightLayer]) {
    self.file = file
    self.layers = layers
    let first = layers[0].weight.name
    // The shortest name that ends in the first layer's, so that a copy under a longer one loses.
    let holder =
      file.tensors.map(\.name)
      .filter { $0 == first || $0.hasSuffix("." + first) }
      .min { $0.count < $1.count }
    prefix = holder.map { String($0.dropLast(first.count)) } ?? ""
    tensors = Dictionary(
      file.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of a parameter, if the file has it.
  func find(_ parameter: String) -> WeightTensor? { tensors[prefix + parameter] }

  /// The share of the layers whose weights have the expected name, from 0 to 1.
  var score: Double {
    let found = layers.filter { find($0.weight.name) != nil }.count
    return Double(found) / Double(layers.count)
  }

  /// Every layer's tensors.
  ///
  /// - Throws: `missing`, `misshapen` or `surplus`.
  func match(network: String) throws(NetworkProblem) -> [LayerParameters] {
    var used: Set<String> = []
    func take(_ name: String, _ shape: [Int]) throws(NetworkProblem) -> WeightTensor {
      guard let tensor = find(name) else {
        throw .missing(tensor: prefix + name, expected: shape, network: network)
      }
      guard squeezed(tensor.shape) == squeezed(shape) else {
        throw .misshapen(
          tensor: tensor.name, expected: shape, found: tensor.shape, network: network)
      }
      used.insert(tensor.name)
      return tensor
    }
    var result: [LayerParameters] = []
    for layer in layers {
      let weight = try take(layer.weight.name, layer.weight.shape)
      let hasBias = layer.bias != nil || find(layer.biasName) != nil
      let bias = hasBias ? try take(layer.biasName, [layer.outputs]) : nil
      var norm: LayerParameters.Norm?
      if let own = layer.norm {
        norm = LayerParameters.Norm(
          gamma: try take(own.gamma.name, own.gamma.shape),
          beta: try take(own.beta.name, own.beta.shape),
          mean: try take(own.mean.name, own.mean.shape),
          variance: try take(own.variance.name, own.variance.shape))
      }
      result.append(LayerParameters(weight: weight, bias: bias, norm: norm))
    }
    let surplus = file.tensors.map(\.name).filter { !used.contains($0) }
    if !surplus.isEmpty {
      throw .surplus(count: surplus.count, first: Array(surplus.prefix(4)), network: network)
    }
    return result
  }
}
