/// A convolution or linear layer found in a file, with the batch normalisation that belongs to it.
struct WeightUnit {
  let stem: String
  let weight: WeightTensor
  var bias: WeightTensor?
  var norm: LayerParameters.Norm?
}

/// The layers of a file whose names are not ours, in a given order of its tensors.
///
/// Tensors with a common stem make a layer; a layer of vectors is a batch normalisation and joins
/// 1. the convolution whose stem is the longest one its own begins with (`conv_dw_1_bn`);
/// 2. else the one whose name differs only in the word for the kind of layer (`dw_norm_3`);
/// 3. else the one just before it.
struct WeightUnits {
  private(set) var units: [WeightUnit] = []
  /// Tensors that belong to no unit.
  private(set) var leftover: [String] = []

  private struct Group {
    var stem: String
    var members: [(role: TensorRole, tensor: WeightTensor)] = []

    func tensor(_ role: TensorRole) -> WeightTensor? {
      members.first { $0.role == role }?.tensor
    }
  }

  init(_ tensors: [WeightTensor]) {
    var groups: [Group] = []
    var positions: [FileName: Int] = [:]
    for tensor in tensors {
      guard let (stem, role) = TensorRole.split(tensor.name) else {
        leftover.append(tensor.name)
        continue
      }
      let position = positions[FileName(stem)] ?? groups.count
      if position == groups.count {
        positions[FileName(stem)] = position
        groups.append(Group(stem: stem))
      }
      if groups[position].tensor(role) != nil {
        leftover.append(tensor.name)
      } else {
        groups[position].members.append((role, tensor))
      }
    }
    collect(groups)
  }

  private mutating func collect(_ groups: [Group]) {
    var unitOfStem: [FileName: Int] = [:]
    var unitsOfKey: [[String]: [Int]] = [:]
    for group in groups {
      guard let weight = group.tensor(.weight), weight.shape.count >= 2 else { continue }
      unitOfStem[FileName(group.stem)] = units.count
      unitsOfKey[layerKey(group.stem), default: []].append(units.count)
      units.append(WeightUnit(stem: group.stem, weight: weight, bias: group.tensor(.bias)))
      leftover += group.members.filter { $0.role == .mean || $0.role == .variance }
        .map(\.tensor.name)
    }
    var previous: Int?
    for group in groups {
      if let unit = unitOfStem[FileName(group.stem)] {
        previous = unit
        continue
      }
      guard let mean = group.tensor(.mean), let variance = group.tensor(.variance) else {
        leftover += group.members.map(\.tensor.name)
        continue
      }
      let norm = LayerParameters.Norm(
        gamma: group.tensor(.weight), beta: group.tensor(.bias), mean: mean, variance: variance)
      let byPrefix = prefixes(of: group.stem).lazy.compactMap { unitOfStem[FileName($0)] }.first
      let sameKey = unitsOfKey[layerKey(group.stem)] ?? []
      let candidates = [byPrefix, sameKey.count == 1 ? sameKey[0] : nil, previous]
      let owner = candidates.compactMap { $0 }.first { accepts(units[$0], norm) }
      if let owner {
        units[owner].norm = norm
      } else {
        leftover += group.members.map(\.tensor.name)
      }
    }
  }

  /// Whether a unit has room for a batch normalisation of just that many channels.
  private func accepts(_ unit: WeightUnit, _ norm: LayerParameters.Norm) -> Bool {
    let vectors = [norm.gamma, norm.beta, norm.mean, norm.variance].compactMap { $0 }
    return unit.norm == nil && vectors.allSatisfy { $0.shape == [unit.weight.shape[0]] }
  }

  /// What stands before each separator of a stem, longest first.
  private func prefixes(of stem: String) -> [String] {
    stem.indices.reversed()
      .filter { TensorRole.separators.contains(stem[$0]) }
      .map { String(stem[..<$0]) }
  }
}
