/// Finds a network's tensors by the names that one naming gives them, behind any common prefix
/// (`module.`, `model.`).
struct NameMatching {
  /// Whose names are looked for.
  let naming: Naming
  private let tensors: [FileName: WeightTensor]
  private let prefix: String
  private let file: WeightFile
  private let layers: [WeightLayer]
  private let names: [LayerNames]

  private init(_ file: WeightFile, _ layers: [WeightLayer], _ naming: Naming, _ names: [LayerNames])
  {
    self.naming = naming
    self.file = file
    self.layers = layers
    self.names = names
    let first = "\(names[0].layer).weight"
    // The shortest name that ends in the first layer's, so that a copy under a longer one loses.
    let holder =
      file.tensors.map(\.name)
      .filter { $0 == first || $0.hasSuffix("." + first) }
      .min { $0.utf8.count < $1.utf8.count }
    prefix = holder.map { String($0.dropLast(first.count)) } ?? ""
    tensors = Dictionary(
      file.tensors.map { (FileName($0.name), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The naming of which most names are found; of equal ones the architecture's own.
  init(_ file: WeightFile, _ architecture: Architecture, _ layers: [WeightLayer]) {
    let others = Naming.allCases.filter { $0 != architecture.ownNaming }
    let all = ([architecture.ownNaming] + others).compactMap { naming in
      architecture.names(naming, of: layers).map { NameMatching(file, layers, naming, $0) }
    }
    self = all.dropFirst().reduce(all[0]) { $1.score > $0.score ? $1 : $0 }
  }

  /// How the naming calls the layers.
  var layerNames: [LayerNames] { names }

  /// The share of the layers whose weights have the expected name, from 0 to 1.
  var score: Double {
    let found = names.filter { find("\($0.layer).weight") != nil }.count
    return Double(found) / Double(layers.count)
  }

  /// The tensor of the last layer's weights, if the file has it.
  var lastWeight: WeightTensor? { names.last.flatMap { find("\($0.layer).weight") } }

  private func find(_ parameter: String) -> WeightTensor? { tensors[FileName(prefix + parameter)] }

  /// Every layer's tensors, and the names of tensors beside the network.
  ///
  /// - Parameters:
  ///   - network: what the network is called in messages.
  ///   - allowingOtherModules: whether modules that the network has not may hold tensors of any size,
  ///     since it is known to be the beginning of another.
  /// - Returns: the tensors of each layer, and the names of those beside the network.
  /// - Throws: `missing`, `misshapen`, `surplus` or `classifierLayers`.
  func match(
    network: String, allowingOtherModules: Bool = false
  ) throws(NetworkProblem) -> (parameters: [LayerParameters], beside: [String]) {
    var used: Set<FileName> = []
    func take(_ name: String, _ shape: [Int]) throws(NetworkProblem) -> WeightTensor {
      guard let tensor = find(name) else {
        throw .missing(tensor: prefix + name, expected: shape, network: network)
      }
      guard squeezed(tensor.shape) == squeezed(shape) else {
        throw .misshapen(
          tensor: tensor.name, expected: shape, found: tensor.shape, network: network)
      }
      used.insert(FileName(tensor.name))
      return tensor
    }
    var result: [LayerParameters] = []
    for (layer, names) in zip(layers, names) {
      if result.count == layers.count - 1, layer.isClassifier {
        result.append(try classifier(layer, names, &used, network: network))
        continue
      }
      let weight = try take("\(names.layer).weight", layer.weight.shape)
      let bias = "\(names.layer).bias"
      let hasBias = layer.bias != nil || find(bias) != nil
      var norm: LayerParameters.Norm?
      if let own = layer.norm, let name = names.norm {
        norm = LayerParameters.Norm(
          gamma: try take("\(name).weight", own.gamma.shape),
          beta: try take("\(name).bias", own.beta.shape),
          mean: try take("\(name).running_mean", own.mean.shape),
          variance: try take("\(name).running_var", own.variance.shape))
      }
      result.append(
        LayerParameters(
          weight: weight, bias: hasBias ? try take(bias, [layer.outputs]) : nil, norm: norm))
    }
    let unused = file.tensors.filter { !used.contains(FileName($0.name)) }
    let (beside, surplus) = split(unused, allowingOtherModules)
    if !surplus.isEmpty {
      throw .surplus(count: surplus.count, first: Array(surplus.prefix(4)), network: network)
    }
    return (result, beside)
  }

  /// The classifier under its own name, else the one linear layer that is left and has its inputs:
  /// people replace this layer and call it what they like.
  private func classifier(
    _ layer: WeightLayer, _ names: LayerNames, _ used: inout Set<FileName>, network: String
  ) throws(NetworkProblem) -> LayerParameters {
    let shape = layer.weight.shape
    let left = file.tensors.filter {
      !used.contains(FileName($0.name)) && squeezed($0.shape).count == 2
    }
    let own = find("\(names.layer).weight")
    let fitting = left.filter { squeezed($0.shape) == squeezed(shape) }
    let weight: WeightTensor
    let isFollowed = own.map { own in
      left.contains { $0.name != own.name && squeezed($0.shape)[1] == own.shape[0] }
    }
    if isFollowed == true {
      throw .classifierLayers(left.prefix(4).map(\.name), network: network)
    } else if let own, squeezed(own.shape) == squeezed(shape) {
      weight = own
    } else if fitting.count == 1, left.count == 1 {
      weight = fitting[0]
    } else if left.count > 1, left.contains(where: { squeezed($0.shape)[1] == shape[1] }) {
      throw .classifierLayers(left.prefix(4).map(\.name), network: network)
    } else if let own {
      throw .misshapen(tensor: own.name, expected: shape, found: own.shape, network: network)
    } else {
      throw .missing(
        tensor: "\(prefix)\(names.layer).weight", expected: shape, network: network)
    }
    used.insert(FileName(weight.name))
    let biasName = weight.name.hasSuffix(".weight") ? weight.name.dropLast(6) + "bias" : ""
    let bias = tensors[FileName(String(biasName))]
    if let bias {
      guard bias.shape == [layer.outputs] else {
        throw .misshapen(
          tensor: bias.name, expected: [layer.outputs], found: bias.shape, network: network)
      }
      used.insert(FileName(bias.name))
    }
    return LayerParameters(weight: weight, bias: bias, norm: nil)
  }

  /// Tensors that no layer has taken: those beside the network, and those it has no place for. A few
  /// numbers outside the network's own modules are no layer of it: weights of a loss, counts of a
  /// metric.
  private func split(
    _ unused: [WeightTensor], _ allowingOtherModules: Bool
  ) -> (beside: [String], surplus: [String]) {
    let modules = Set(names.flatMap { [$0.layer, $0.norm ?? $0.layer] }.map(firstWord))
    let classes = layers.last?.outputs ?? 0
    var beside: [String] = []
    var surplus: [String] = []
    for tensor in unused {
      let isOutside =
        !tensor.name.hasPrefix(prefix)
        || !modules.contains(firstWord(String(tensor.name.dropFirst(prefix.count))))
      let isSmall = tensor.shape.count <= 1 && tensor.values.count <= max(classes, 4)
      if isOutside, isSmall || allowingOtherModules {
        beside.append(tensor.name)
      } else {
        surplus.append(tensor.name)
      }
    }
    return (beside, surplus)
  }

  private func firstWord(_ name: String) -> Substring { name.prefix { $0 != "." } }
}

extension WeightLayer {
  /// Whether it is a linear layer rather than a convolution.
  var isClassifier: Bool { weight.shape.count == 2 && kind == .dense }
}
