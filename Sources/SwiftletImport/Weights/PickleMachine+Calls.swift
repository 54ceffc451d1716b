// What names mean when a pickle calls them.
extension PickleMachine {
  /// GLOBAL: a function or a class.
  mutating func global(module: String, name: String) throws(PickleProblem) {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw .notAllowed("\(module).\(name)")
    }
    try push(.global(global))
  }

  /// REDUCE: calls a function with a tuple of arguments.
  mutating func call() throws(PickleProblem) {
    let operands = try pop(2)
    guard case .tuple(let tuple) = operands[1] else { throw unexpected("a function's arguments") }
    let arguments = heap.sequences[tuple]
    switch operands[0] {
    case .global(let function): try call(function, arguments)
    case .object, .opaque: try pushObject()
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .list, .dictionary,
      .storage, .tensor:
      throw unexpected("a function and its arguments")
    }
  }

  private mutating func call(
    _ function: PickleGlobal, _ arguments: [PickleValue]
  ) throws(PickleProblem) {
    switch function {
    case .orderedDictionary: try pushDictionary(try pairs(arguments))
    case .defaultDictionary: try pushDictionary([])
    case .rebuildTensor: try push(try rebuildTensor(arguments))
    case .rebuildParameter:
      guard let tensor = arguments.first else { throw unexpected("a tensor") }
      try push(tensor)
    case .rebuildFromType:
      guard arguments.count >= 3, case .global(.rebuildTensor) = arguments[0],
        case .tuple(let inner) = arguments[2]
      else { return try pushObject() }
      try push(try rebuildTensor(heap.sequences[inner]))
    case .size:
      guard case .tuple(let size)? = arguments.first else { throw unexpected("a tuple") }
      try push(.tuple(size))
    case .storage, .other: try pushObject()
    }
  }

  /// BUILD: sets attributes, of which those of objects may be the parts of a network.
  mutating func build() throws(PickleProblem) {
    let state = try pop()
    switch try top() {
    case .object(let index): setState(state, ofObject: index)
    case .dictionary, .opaque, .tensor, .global: return
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .list, .storage:
      throw unexpected("an object")
    }
  }

  /// The arguments of OrderedDict: none, or one list of pairs (as Python 2 wrote it).
  private mutating func pairs(
    _ arguments: [PickleValue]
  ) throws(PickleProblem) -> [(key: PickleValue, value: PickleValue)] {
    guard let first = arguments.first else { return [] }
    guard case .list(let list) = first, arguments.count == 1 else { throw unexpected("a list") }
    var result = [(key: PickleValue, value: PickleValue)]()
    // Counted before it is copied: the same list can be passed again and again.
    try count(heap.sequences[list].count)
    for item in heap.sequences[list] {
      guard let pair = sequence(item), pair.count == 2 else { throw unexpected("pairs") }
      result.append((pair[0], pair[1]))
    }
    return result
  }

  /// `_rebuild_tensor(storage, offset, size, stride, …)`.
  private mutating func rebuildTensor(
    _ arguments: [PickleValue]
  ) throws(PickleProblem) -> PickleValue {
    // Of a kind of storage that is not known: what the tensor is called says whether it is needed.
    if case .opaque? = arguments.first { return .opaque }
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], offset >= 0, let shape = lengths(arguments[2]),
      let strides = lengths(arguments[3]), shape.count == strides.count,
      heap.storages[storage].type != nil
    else { throw unexpected("a storage, an offset, a size and strides") }
    try count(2 * shape.count)
    if arguments.count >= 7, case .dictionary(let marks) = arguments[6] {
      // Views whose elements are to be negated or conjugated when they are read.
      for case (.string(let mark), .bool(true)) in heap.dictionaries[marks] {
        throw unexpected(
          "a tensor whose elements stand for themselves, found one marked \(quoted(mark))")
      }
    }
    return addTensor(
      TensorReference(storage: storage, offset: offset, shape: shape, strides: strides))
  }

  /// BINPERSID: `("storage", class, key, location, count[, view])` refers to bytes outside.
  mutating func persistent(_ value: PickleValue) throws(PickleProblem) -> PickleValue {
    let expected = "the description of a storage"
    guard case .tuple(let tuple) = value else { throw unexpected(expected) }
    let fields = heap.sequences[tuple]
    // Old files of whole networks store the source of each class beside the class.
    if fields.count >= 2, case .string("module") = fields[0] { return fields[1] }
    guard fields.count >= 5, case .string("storage") = fields[0],
      case .global(let storage) = fields[1], let key = storageKey(fields[2]),
      case .integer(let elements) = fields[4], elements >= 0
    else { throw unexpected(expected) }
    guard case .storage(let type) = storage else { return .opaque }
    var window = 0..<elements
    if fields.count >= 6, case .tuple(let view) = fields[5] {
      // A view of another storage: its key, the first element and the number of elements.
      let parts = heap.sequences[view]
      guard parts.count == 3, case .integer(let first) = parts[1],
        case .integer(let length) = parts[2], first >= 0, length >= 0, first <= elements,
        length <= elements - first
      else { throw unexpected(expected) }
      window = first..<(first + length)
    }
    return addStorage(StorageReference(key: key, type: type, count: elements, window: window))
  }

  private func storageKey(_ value: PickleValue) -> String? {
    switch value {
    case .string(let text): text.utf8.count <= WeightLimits.nameLength ? text : nil
    case .integer(let number): String(number)
    case .none, .bool, .bigInteger, .double, .tuple, .list, .dictionary, .global, .storage,
      .tensor, .object, .opaque:
      nil
    }
  }

  private func sequence(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index), .list(let index): heap.sequences[index]
    case .none, .bool, .integer, .bigInteger, .double, .string, .dictionary, .global, .storage,
      .tensor, .object, .opaque:
      nil
    }
  }

  /// The lengths or strides of a tensor: a few integers that are not negative.
  private func lengths(_ value: PickleValue) -> [Int]? {
    guard let values = sequence(value), values.count <= WeightLimits.rank else { return nil }
    var result = [Int]()
    for value in values {
      guard case .integer(let length) = value, length >= 0 else { return nil }
      result.append(length)
    }
    return result
  }
}
