/// Finds a plan's tensors by torchvision's names, behind any common prefix (`module.`, `model.`).
struct NameMatching {
  private let tensors: [String: WeightTensor]
  private let prefix: String
  private let file: WeightFile

  init(_ file: WeightFile, _ plan: NetworkPlan) {
    self.file = file
    let first = plan.layers[0].name + ".weight"
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

  /// The share of the plan's layers whose weights have the expected name, from 0 to 1.
  func score(_ plan: NetworkPlan) -> Double {
    let found = plan.layers.filter { find($0.name + ".weight") != nil }.count
    return Double(found) / Double(plan.layers.count)
  }

  /// Every layer's tensors.
  ///
  /// - Throws: `missing`, `misshapen` or `surplus`.
  func match(_ plan: NetworkPlan, network: String) throws(NetworkProblem) -> [LayerParameters] {
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
    for layer in plan.layers {
      let weight = try take("\(layer.name).weight", layer.weightShape)
      let biasName = "\(layer.name).bias"
      let hasBias = layer.hasBias || find(biasName) != nil
      let bias = hasBias ? try take(biasName, [layer.outputs]) : nil
      var norm: LayerParameters.Norm?
      if let name = layer.norm {
        norm = LayerParameters.Norm(
          gamma: try take("\(name).weight", [layer.outputs]),
          beta: try take("\(name).bias", [layer.outputs]),
          mean: try take("\(name).running_mean", [layer.outputs]),
          variance: try take("\(name).running_var", [layer.outputs]))
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
