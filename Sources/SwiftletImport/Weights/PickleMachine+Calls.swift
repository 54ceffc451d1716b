// What the allowed names do when a pickle calls them.
extension PickleMachine {
  /// GLOBAL: a name from the allow-list.
  mutating func global(module: String, name: String) throws(PickleProblem) {
    guard let global = PickleGlobal(module: module, name: name) else {
      let fullName = "\(module).\(name)"
      throw instanceFollows() || module.hasPrefix("torch.nn.")
        ? .object(className: fullName) : .notAllowed(fullName)
    }
    try push(.global(global))
  }

  /// REDUCE: calls a function with a tuple of arguments.
  mutating func call() throws(PickleProblem) {
    let operands = try pop(2)
    guard case .global(let function) = operands[0], case .tuple(let tuple) = operands[1] else {
      throw unexpected("an allowed function and its arguments")
    }
    let arguments = heap.sequences[tuple]
    switch function {
    case .orderedDictionary: try pushDictionary(try pairs(arguments))
    case .rebuildTensor: try push(try rebuildTensor(arguments))
    case .rebuildParameter:
      guard case .tensor(let tensor)? = arguments.first else { throw unexpected("a tensor") }
      try push(.tensor(tensor))
    case .size:
      guard case .tuple(let size)? = arguments.first else { throw unexpected("a tuple") }
      try push(.tuple(size))
    case .storage: throw unexpected("an allowed function and its arguments")
    case .inert: try push(.opaque)
    }
  }

  /// BUILD: sets attributes, which are of no interest; allowed on what cannot act on them.
  mutating func build() throws(PickleProblem) {
    _ = try pop()
    switch try top() {
    case .dictionary, .opaque, .tensor: return
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .list, .global, .storage:
      throw unexpected("a dictionary or tensor")
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
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], offset >= 0, let shape = lengths(arguments[2]),
      let strides = lengths(arguments[3]), shape.count == strides.count,
      heap.storages[storage].type != nil
    else { throw unexpected("a storage, an offset, a size and strides") }
    try count(2 * shape.count)
    return addTensor(
      TensorReference(storage: storage, offset: offset, shape: shape, strides: strides))
  }

  /// BINPERSID: `("storage", class, key, location, count[, view])` refers to bytes outside.
  mutating func persistent(_ value: PickleValue) throws(PickleProblem) -> PickleValue {
    let expected = "the description of a storage"
    guard case .tuple(let tuple) = value else { throw unexpected(expected) }
    let fields = heap.sequences[tuple]
    guard fields.count >= 5, case .string("storage") = fields[0],
      case .global(.storage(let type)) = fields[1], let key = storageKey(fields[2]),
      case .integer(let elements) = fields[4], elements >= 0
    else { throw unexpected(expected) }
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
      .tensor, .opaque:
      nil
    }
  }

  private func sequence(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index), .list(let index): heap.sequences[index]
    case .none, .bool, .integer, .bigInteger, .double, .string, .dictionary, .global, .storage,
      .tensor, .opaque:
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
