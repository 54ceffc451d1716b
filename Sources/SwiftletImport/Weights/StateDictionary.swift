/// Finds the state dict in what a checkpoint holds: the tensors of a network by name.
///
/// It may be the whole file, stand under one of the keys that training scripts use, or be spread over the
/// modules of a pickled network or of a TorchScript program.
struct StateDictionary {
  typealias NamedValues = [(name: String, value: PickleValue)]

  private let heap: PickleHeap
  private let choice: WeightChoice?
  /// What stands beside the state dict on the way to it.
  private(set) var others: [String] = []
  /// The texts among that, by key.
  private(set) var texts: [String: String] = [:]
  /// What was decided, a sentence each.
  private(set) var notes: [String] = []
  /// Whether what was found is an average of the trained weights.
  private(set) var isAverage = false
  /// For each dictionary of the heap whether a tensor is among its values. Found once: one large
  /// dictionary can be the value of very many keys.
  private let holdsTensors: [Bool]
  /// Whether tensors are in a dictionary or one level below it, once asked for: it can be the value of
  /// very many keys.
  private var isNearTensors: [Int: Bool] = [:]
  /// Whether tensors are in an object, once asked for.
  private var isNetwork: [Int: Bool] = [:]
  private var modules: ModuleTensors

  init(_ heap: PickleHeap, _ choice: WeightChoice?) {
    self.heap = heap
    self.choice = choice
    modules = ModuleTensors(heap)
    holdsTensors = heap.dictionaries.map { entries in entries.contains { Self.isTensor($0.value) } }
  }

  /// The keys under which training scripts keep the state dict; the first that fits is taken.
  private static let stateKeys = [
    "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module",
    "module_state_dict", "weights", "params", "ema", "model_ema", "state_dict_ema",
    "ema_state_dict",
  ]

  /// The entries of the state dict of `root`.
  ///
  /// - Throws: `CheckpointProblem`.
  mutating func find(_ root: PickleValue) throws(CheckpointProblem) -> NamedValues {
    var value = root
    // A dictionary may hold itself, so the way down is bounded.
    for _ in 0..<4 {
      guard let entries = try entries(value) else { throw .notDictionary(Self.kind(value)) }
      guard let nested = try nestedState(entries) else {
        guard entries.contains(where: { Self.isTensor($0.value) }) else {
          throw .noTensors(keys: entries.prefix(8).map(\.name))
        }
        if choice == .ema, !isAverage, !Self.hasAverages(entries) { throw .noSuchWeights(.ema) }
        return entries
      }
      others += entries.map(\.name).filter { $0 != nested.name }
      for case (let name, .string(let text)) in entries where text.utf8.count <= 256 {
        texts[name] = text
      }
      value = nested.value
    }
    throw .nestedTooDeeply
  }

  /// The named values of a dictionary, or the tensors of a network; nil for anything else.
  private mutating func entries(_ value: PickleValue) throws(CheckpointProblem) -> NamedValues? {
    switch value {
    case .dictionary(let index): return try namedValues(heap.dictionaries[index])
    case .object(let index):
      let object = heap.objects[index]
      if !object.items.isEmpty { return try namedValues(object.items) }
      let tensors = try modules.tensors(of: object)
      return tensors.isEmpty ? nil : tensors
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .list, .global, .storage,
      .tensor, .opaque:
      return nil
    }
  }

  /// The entry that holds a state dict: one of the usual keys, or the only one with tensors in it.
  private mutating func nestedState(
    _ entries: NamedValues
  ) throws(CheckpointProblem) -> (name: String, value: PickleValue)? {
    var holders: NamedValues = []
    for entry in entries where try leadsToTensors(entry.value) { holders.append(entry) }
    let isAverage = { (entry: (name: String, value: PickleValue)) in
      WeightChoice.isAverage(key: entry.name)
    }
    let averaged = holders.filter(isAverage)
    let trained = holders.filter { !isAverage($0) }
    let known = { (entries: NamedValues) -> (name: String, value: PickleValue)? in
      for key in Self.stateKeys {
        if let found = entries.first(where: { $0.name == key }) { return found }
      }
      return nil
    }
    let isState = entries.contains { Self.isTensor($0.value) }
    let average = isState ? known(averaged) : known(averaged) ?? averaged.first
    if choice == .ema, let average {
      self.isAverage = true
      if known(trained) != nil { notes.append(WeightChoice.note(choice, taken: .ema)) }
      return average
    }
    if let found = known(trained) {
      if average != nil { notes.append(WeightChoice.note(choice, taken: .model)) }
      let others = trained.map(\.name).filter { $0 != found.name && !$0.hasPrefix("optim") }
      if !others.isEmpty {
        let names = others.prefix(3).map(quoted).joined(separator: ", ")
        notes.append(
          "the weights under \(quoted(found.name)) are taken; there are others under \(names)")
      }
      return found
    }
    guard !isState else { return nil }
    if let average, trained.isEmpty {
      if choice == .model { throw .noSuchWeights(.model) }
      self.isAverage = true
      return average
    }
    return trained.count == 1 ? trained[0] : nil
  }

  /// Whether tensors are in a value or one level below it.
  private mutating func leadsToTensors(_ value: PickleValue) throws(CheckpointProblem) -> Bool {
    switch value {
    case .dictionary(let index):
      if let known = isNearTensors[index] { return known }
      let found =
        holdsTensors[index]
        || heap.dictionaries[index].contains { entry in
          guard case .dictionary(let inner) = entry.value else { return false }
          return holdsTensors[inner]
        }
      isNearTensors[index] = found
      return found
    case .object(let index):
      if let known = isNetwork[index] { return known }
      let found = try entries(value) != nil
      isNetwork[index] = found
      return found
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .list, .global, .storage,
      .tensor, .opaque:
      return false
    }
  }

  /// The entries by name: a repeated key keeps its first place and its last value, as in Python.
  private func namedValues(
    _ items: [(key: PickleValue, value: PickleValue)]
  ) throws(CheckpointProblem) -> NamedValues {
    var result = NamedValues()
    var places = [FileName: Int]()
    for (key, value) in items {
      let name: String
      switch key {
      case .string(let text): name = text
      case .integer(let number): name = String(number)
      case .none, .bool, .bigInteger, .double, .tuple, .list, .dictionary, .global, .storage,
        .tensor, .object, .opaque:
        name = "(\(Self.kind(key)))"
      }
      guard name.utf8.count <= WeightLimits.nameLength else {
        throw .longName
      }
      if let place = places[FileName(name)] {
        result[place].value = value
      } else {
        places[FileName(name)] = result.count
        result.append((name, value))
      }
    }
    return result
  }

  private static func hasAverages(_ entries: NamedValues) -> Bool {
    entries.contains { entry in
      entry.name.split(separator: ".").dropLast().prefix(2)
        .contains { WeightChoice.isAverage(key: String($0)) }
    }
  }

  static func isTensor(_ value: PickleValue) -> Bool {
    if case .tensor = value { true } else { false }
  }

  static func kind(_ value: PickleValue) -> String {
    switch value {
    case .none: "None"
    case .bool: "a boolean"
    case .integer, .bigInteger, .double: "a number"
    case .string: "a text"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "a name"
    case .storage: "a storage without shape"
    case .tensor: "one tensor without a name"
    case .object, .opaque: "an object without tensors"
    }
  }
}
