/// Finds a network's tensors in a file with foreign names: each layer takes the first unused unit of
/// its kind and exact shape.
struct OrderMatching {
  let parameters: [LayerParameters]
  let method: MatchReport.Method

  /// Tries the file's order and the natural order of the names; an order in which every layer finds
  /// the very next unit wins over one in which layers must search.
  ///
  /// - Throws: `unmatched` or `surplus` for the order that should be right.
  init(
    _ file: WeightFile, _ layers: [WeightLayer], network: String
  ) throws(NetworkProblem) {
    let natural = file.tensors.sorted { naturallyPrecedes($0.name, $1.name) }
    let names = file.tensors.map(\.name)
    var orders: [(MatchReport.Method, [WeightTensor])] = [
      (.fileOrder, file.tensors), (.naturalOrder, natural),
    ]
    // A file sorted by the names' bytes (safetensors) puts layer 10 before layer 2: its order
    // says nothing.
    if names == names.sorted() { orders.reverse() }

    var fallback: Assignment?
    var failure: NetworkProblem?
    for (method, tensors) in orders {
      do throws(NetworkProblem) {
        let found = try Assignment(WeightUnits(tensors), layers, method, network: network)
        if found.isSequential {
          self.init(found)
          return
        }
        fallback = fallback ?? found
      } catch {
        failure = failure ?? error
      }
    }
    if let fallback {
      self.init(fallback)
    } else {
      throw failure ?? .unrecognized(tensors: names.count, first: Array(names.prefix(4)))
    }
  }

  private init(_ assignment: Assignment) {
    parameters = assignment.parameters
    method = assignment.method
  }

  /// One unit for each layer, in one order.
  private struct Assignment {
    var parameters: [LayerParameters] = []
    var isSequential = true
    let method: MatchReport.Method

    init(
      _ found: WeightUnits, _ layers: [WeightLayer], _ method: MatchReport.Method, network: String
    ) throws(NetworkProblem) {
      self.method = method
      let units = found.units
      var unused = Array(units.indices)
      for layer in layers {
        guard let position = unused.firstIndex(where: { fits(units[$0], layer) }) else {
          throw .unmatched(
            layer: layer.name, expected: layer.weight.shape,
            unused: unused.prefix(4).map { "\(quoted(units[$0].stem)) \(units[$0].weight.shape)" },
            network: network)
        }
        if position != 0 { isSequential = false }
        let unit = units[unused.remove(at: position)]
        parameters.append(
          LayerParameters(weight: unit.weight, bias: unit.bias, norm: unit.norm))
      }
      let surplus = unused.map { units[$0].weight.name } + found.leftover
      if !surplus.isEmpty {
        throw .surplus(count: surplus.count, first: Array(surplus.prefix(4)), network: network)
      }
    }
  }
}

/// Whether a unit can be a layer's weights: same shape, normalised or not alike, a bias where one
/// is needed.
private func fits(_ unit: WeightUnit, _ layer: WeightLayer) -> Bool {
  squeezed(unit.weight.shape) == squeezed(layer.weight.shape)
    && (unit.norm != nil) == (layer.norm != nil)
    && (layer.bias == nil || unit.bias != nil)
    && unit.bias.map { $0.shape == [layer.outputs] } ?? true
}
