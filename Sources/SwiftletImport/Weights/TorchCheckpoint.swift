import SwiftletPlatform

/// Finds the state dict in what a PyTorch file holds, and reads its tensors.
struct TorchCheckpoint {
  private let heap: PickleHeap
  private let file: FileBytes
  private let path: String

  init(_ heap: PickleHeap, _ file: FileBytes, path: String) {
    self.heap = heap
    self.file = file
    self.path = path
  }

  /// Reads the float tensors below `root`.
  ///
  /// - Parameters:
  ///   - root: what the file holds: a state dict, a network, or a dictionary with either in it.
  ///   - weights: which of two state dicts is meant; nil: the trained one.
  ///   - storageBytes: says where in the file the bytes of a storage are.
  /// - Returns: the tensors, and what stands beside them.
  /// - Throws: `ImportError.checkpoint` or `.tensor`.
  func contents(
    root: PickleValue, _ weights: WeightChoice?,
    storageBytes: (StorageReference) -> Range<Int>?
  ) throws(ImportError) -> WeightContents {
    var contents = WeightContents()
    var search = StateDictionary(heap, weights)
    let entries: [(name: String, value: PickleValue)]
    do {
      entries = try search.find(root)
    } catch {
      throw .checkpoint(path: path, error)
    }
    contents.otherEntries = search.others
    contents.metadata = search.texts
    contents.notes = search.notes
    contents.isAverage = search.isAverage
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
    let start = stored.lowerBound + (storage.window.lowerBound + tensor.offset) * type.size
    try TensorProblem.requireMemory(values: count)
    if TensorValues.isContiguous(shape: tensor.shape, strides: tensor.strides) {
      return TensorValues.contiguous(type, file, at: start, count: count)
    }
    let beside = TensorValues.stridedLength(type, count: count)
    if !Memory.isAvailable(beside) { throw .outOfMemory(byteCount: beside) }
    return TensorValues.strided(
      type, file, at: start, shape: tensor.shape, strides: tensor.strides)
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
