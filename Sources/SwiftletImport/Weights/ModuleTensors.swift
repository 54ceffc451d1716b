/// The tensors of a pickled network by the names that its state dict would give them.
///
/// `torch.save(model)` pickles each module as an object with its parameters, buffers and modules in three
/// dictionaries; `torch.jit.save` as one whose attributes they are.
struct ModuleTensors {
  private let heap: PickleHeap
  private var tensors: StateDictionary.NamedValues = []
  /// Every visit of all calls counts, because modules can hold each other in ever so many ways.
  private var visitCount = 0

  private static let maximumDepth = 64
  private static let maximumVisits = 100_000

  init(_ heap: PickleHeap) {
    self.heap = heap
  }

  /// The tensors of a module and of those in it.
  ///
  /// - Throws: `tooManyModules` or `longName`.
  mutating func tensors(
    of object: PickleObject
  ) throws(CheckpointProblem) -> StateDictionary.NamedValues {
    tensors = []
    try add(object, prefix: "", depth: 0)
    return tensors
  }

  private mutating func add(
    _ object: PickleObject, prefix: String, depth: Int
  ) throws(CheckpointProblem) {
    guard depth <= Self.maximumDepth else { throw .tooManyModules }
    let attributes = attributes(object)
    let groups = ["_parameters", "_buffers", "_modules"].compactMap { key in
      attributes.last { $0.name == key }.flatMap { named($0.value) }
    }
    for group in groups.isEmpty ? [attributes] : groups {
      for (name, value) in group { try add(value, prefix + name, depth: depth) }
    }
  }

  private mutating func add(
    _ value: PickleValue, _ name: String, depth: Int
  ) throws(CheckpointProblem) {
    visitCount += 1
    guard visitCount <= Self.maximumVisits else { throw .tooManyModules }
    switch value {
    case .tensor:
      guard name.utf8.count <= WeightLimits.nameLength else {
        throw .longName
      }
      tensors.append((name, value))
    case .object(let index):
      try add(heap.objects[index], prefix: name + ".", depth: depth + 1)
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .list, .dictionary,
      .global, .storage, .opaque:
      return
    }
  }

  /// The attributes of an object: its state is a dictionary, or a pair of one and of slots.
  private func attributes(_ object: PickleObject) -> StateDictionary.NamedValues {
    guard let state = object.state else { return [] }
    if case .tuple(let index) = state, let first = heap.sequences[index].first {
      return named(first) ?? []
    }
    return named(state) ?? []
  }

  private func named(_ value: PickleValue) -> StateDictionary.NamedValues? {
    guard case .dictionary(let index) = value else { return nil }
    return heap.dictionaries[index].compactMap { item in
      guard case .string(let name) = item.key else { return nil }
      return (name, item.value)
    }
  }
}
