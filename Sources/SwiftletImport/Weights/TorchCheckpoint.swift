/// Finds the state dict in what a PyTorch file holds, and reads its tensors.
struct TorchCheckpoint {
  private let heap: PickleHeap
  private let file: FileBytes
  private let path: String
  /// For each dictionary of the heap whether a tensor is among its values. Found once: one large
  /// dictionary can be the value of very many keys.
  private let holdsTensors: [Bool]

  init(_ heap: PickleHeap, _ file: FileBytes, path: String) {
    self.heap = heap
    self.file = file
    self.path = path
    holdsTensors = heap.dictionaries.map { entries in entries.contains { Self.isTensor($0.value) } }
  }

  /// The keys under which training scripts keep the state dict; the first that fits is taken.
  private static let stateKeys = [
    "state_dict", "model_state_dict", "model", "net", "network", "module", "params", "ema",
    "model_ema", "state_dict_ema",
  ]

  /// Reads the float tensors below `root`.
  ///
  /// `storageBytes` says where in the file the bytes of a storage are.
  func contents(
    root: PickleValue, storageBytes: (StorageReference) -> Range<Int>?
  ) throws(ImportError) -> WeightContents {
    var contents = WeightContents()
    let entries = try stateDictionary(root, &contents.otherEntries)
    var valuesLeft = WeightLimits.values(fileLength: file.count)
    for (name, value) in entries {
      guard case .tensor(let index) = value else {
        contents.otherEntries.append(name)
        continue
      }
      let tensor = heap.tensors[index]
      let storage = heap.storages[tensor.storage]
      guard let type = storage.type, type.isFloat else {
        contents.ignored.append(name)
        continue
      }
      do {
        let values = try read(tensor, storage, type, &valuesLeft, storageBytes)
        contents.tensors.append(WeightTensor(name: name, shape: tensor.shape, values: values))
      } catch {
        throw .tensor(path: path, tensor: name, error)
      }
    }
    return contents
  }

  private func read(
    _ tensor: TensorReference, _ storage: StorageReference, _ type: ElementType,
    _ valuesLeft: inout Int, _ storageBytes: (StorageReference) -> Range<Int>?
  ) throws(TensorProblem) -> [Float] {
    guard let count = WeightLimits.elementCount(tensor.shape) else {
      throw .shapeOverflow(tensor.shape)
    }
    guard count > 0 else { return [] }
    guard count <= valuesLeft else {
      throw .tooManyValues(limit: WeightLimits.values(fileLength: file.count))
    }
    valuesLeft -= count
    let last = try lastElement(tensor)
    guard last < storage.window.count else {
      throw .outsideStorage(lastElement: last, storageCount: storage.window.count)
    }
    guard let stored = storageBytes(storage) else { throw .missingStorage(key: storage.key) }
    let (byteCount, overflow) = storage.count.multipliedReportingOverflow(by: type.size)
    guard !overflow, byteCount <= stored.count else {
      throw .shortStorage(
        key: storage.key, expected: overflow ? Int.max : byteCount, found: stored.count)
    }
    // In range: `last` is inside the window, the window inside the storage, that inside the file.
    let start = stored.lowerBound + storage.window.lowerBound * type.size
    let window = start..<(start + storage.window.count * type.size)
    try TensorProblem.requireMemory(values: count)
    return file.withBytes(window) { bytes in
      guard TensorValues.isContiguous(shape: tensor.shape, strides: tensor.strides) else {
        return TensorValues.strided(
          type, bytes, offset: tensor.offset, shape: tensor.shape, strides: tensor.strides)
      }
      let begin = tensor.offset * type.size
      return TensorValues.contiguous(
        type, UnsafeRawBufferPointer(rebasing: bytes[begin..<(begin + count * type.size)]))
    }
  }

  /// The highest element that the view reaches: offset + Σ (length − 1) · stride.
  private func lastElement(_ tensor: TensorReference) throws(TensorProblem) -> Int {
    var last = tensor.offset
    for (length, stride) in zip(tensor.shape, tensor.strides) {
      let (distance, overflow) = (length - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(distance)
      guard !overflow, !sumOverflow else { throw .shapeOverflow(tensor.shape) }
      last = sum
    }
    return last
  }
}

// Where the state dict is.
extension TorchCheckpoint {
  private typealias NamedValues = [(name: String, value: PickleValue)]

  /// The entries of the state dict; what stands beside it on the way there is added to `others`.
  private func stateDictionary(
    _ root: PickleValue, _ others: inout [String]
  ) throws(ImportError) -> [(name: String, value: PickleValue)] {
    guard case .dictionary(var index) = root else {
      throw .checkpoint(path: path, .notDictionary(Self.kind(root)))
    }
    // A dictionary may hold itself, so the way down is bounded.
    for _ in 0..<4 {
      let entries = try namedValues(index)
      let nested = nestedState(entries)
      guard let nested else {
        guard entries.contains(where: { Self.isTensor($0.value) }) else {
          throw .checkpoint(path: path, .noTensors(keys: entries.prefix(8).map(\.name)))
        }
        return entries
      }
      others += entries.map(\.name).filter { $0 != nested.name }
      index = nested.index
    }
    throw .checkpoint(path: path, .nestedTooDeeply)
  }

  /// The entry that holds a state dict: one of the usual keys, or the only one with tensors in it.
  private func nestedState(_ entries: NamedValues) -> (name: String, index: Int)? {
    var candidates = [(name: String, index: Int)]()
    for (name, value) in entries {
      if case .dictionary(let index) = value { candidates.append((name, index)) }
    }
    for key in Self.stateKeys {
      if let found = candidates.first(where: { $0.name == key }), leadsToTensors(found.index) {
        return found
      }
    }
    guard !entries.contains(where: { Self.isTensor($0.value) }) else { return nil }
    let holders = candidates.filter { holdsTensors[$0.index] }
    return holders.count == 1 ? holders[0] : nil
  }

  /// Whether tensors are in the dictionary or one level below it.
  private func leadsToTensors(_ dictionary: Int) -> Bool {
    holdsTensors[dictionary]
      || heap.dictionaries[dictionary].contains { entry in
        guard case .dictionary(let inner) = entry.value else { return false }
        return holdsTensors[inner]
      }
  }

  /// The entries by name: a repeated key keeps its first place and its last value, as in Python.
  private func namedValues(
    _ dictionary: Int
  ) throws(ImportError) -> [(name: String, value: PickleValue)] {
    var result = NamedValues()
    var places = [String: Int]()
    for (key, value) in heap.dictionaries[dictionary] {
      let name: String
      switch key {
      case .string(let text): name = text
      case .integer(let number): name = String(number)
      case .none, .bool, .bigInteger, .double, .tuple, .list, .dictionary, .global, .storage,
        .tensor, .opaque:
        name = "(\(Self.kind(key)))"
      }
      guard name.utf8.count <= WeightLimits.nameLength else {
        throw .checkpoint(path: path, .longName(length: name.utf8.count))
      }
      if let place = places[name] {
        result[place].value = value
      } else {
        places[name] = result.count
        result.append((name, value))
      }
    }
    return result
  }

  private static func isTensor(_ value: PickleValue) -> Bool {
    if case .tensor = value { true } else { false }
  }

  private static func kind(_ value: PickleValue) -> String {
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
    case .opaque: "an object"
    }
  }
}

/// Why a PyTorch file that reads well has no weights to take.
public enum CheckpointProblem: Error, Equatable, Sendable {
  /// It is a program exported by `torch.jit.save`.
  case torchScript
  /// A zip file without a pickle; its first files.
  case noPickle(files: [String])
  /// A pickle that `torch.save` did not write.
  case notTorch
  /// The numbers are big-endian.
  case bigEndian
  /// The file ends before the storage of a key does.
  case storageOutside(key: String)
  /// The outermost value is no dictionary but this.
  case notDictionary(String)
  /// No tensors where state dicts are; the keys that are there.
  case noTensors(keys: [String])
  /// Dictionaries within dictionaries, more than any checkpoint has.
  case nestedTooDeeply
  /// A name longer than any tensor's.
  case longName(length: Int)
}

extension CheckpointProblem: CustomStringConvertible {
  /// The problem as a clause, to stand after the name of the file or tensor.
  public var description: String {
    switch self {
    case .torchScript:
      "it is a TorchScript program; save the tensors with `torch.save(model.state_dict(), …)`"
    case .noPickle(let files):
      "it is a zip archive without a data.pkl; it holds "
        + (files.isEmpty ? "nothing" : files.map(quoted).joined(separator: ", "))
    case .notTorch: "it is a Python pickle that was not written by torch.save"
    case .bigEndian: "it was written on a big-endian machine, which is not supported"
    case .storageOutside(let key):
      "it ends before the numbers of storage \(quoted(key)) do, so it is probably cut short"
    case .notDictionary(let kind):
      "expected a state dict (names with tensors), found \(kind)"
    case .noTensors(let keys):
      "expected tensors by name, found "
        + (keys.isEmpty
          ? "an empty dictionary" : "only " + keys.map(quoted).joined(separator: ", "))
    case .nestedTooDeeply: "its dictionaries are nested too deeply to find a state dict"
    case .longName(let length):
      "a name has \(length) bytes, more than the \(WeightLimits.nameLength) allowed"
    }
  }
}
