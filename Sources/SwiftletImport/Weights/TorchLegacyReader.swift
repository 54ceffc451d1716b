/// Reads what `torch.save` wrote before PyTorch 1.6 (and still can): five pickles, then storages.
///
/// The pickles are: a magic number, the format's version, facts about the machine, the object, and
/// the keys of the storages. For each key follow the number of elements (int64) and the elements.
enum TorchLegacyReader {
  /// 0x1950a86a20f9469cfc6c, little-endian.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  private static let version = 1001

  /// Reads the float tensors of the state dict in the file.
  static func read(
    _ file: FileBytes, path: String, _ weights: WeightChoice?
  ) throws(ImportError) -> WeightContents {
    var position = 0
    let magic = try pickle(file, &position, path: path)
    guard case .bigInteger(Self.magic) = magic.root else {
      throw .checkpoint(path: path, .notTorch)
    }
    guard case .integer(Self.version) = try pickle(file, &position, path: path).root else {
      throw .checkpoint(path: path, .notTorch)
    }
    let machine = try pickle(file, &position, path: path)
    guard isLittleEndian(machine) else { throw .checkpoint(path: path, .bigEndian) }
    let object = try pickle(file, &position, path: path)
    let keys = try pickle(file, &position, path: path)
    let storages = try locate(keys, object.heap, file, from: position, path: path)
    let checkpoint = TorchCheckpoint(object.heap, file, path: path)
    return try checkpoint.contents(root: object.root, weights) { storages[FileName($0.key)] }
  }

  private typealias Pickle = (root: PickleValue, heap: PickleHeap)

  private static func pickle(
    _ file: FileBytes, _ position: inout Int, path: String
  ) throws(ImportError) -> Pickle {
    var machine = PickleMachine(file, position..<file.count)
    do {
      let root = try machine.run()
      position = machine.position
      return (root, machine.heap)
    } catch {
      throw .pickle(path: path, error)
    }
  }

  private static func isLittleEndian(_ machine: Pickle) -> Bool {
    guard case .dictionary(let index) = machine.root else { return true }
    for case (.string("little_endian"), .bool(let value)) in machine.heap.dictionaries[index] {
      return value
    }
    return true
  }

  /// The bytes of every storage, by key.
  private static func locate(
    _ keys: Pickle, _ heap: PickleHeap, _ file: FileBytes, from start: Int, path: String
  ) throws(ImportError) -> [FileName: Range<Int>] {
    guard case .list(let list) = keys.root else { throw .checkpoint(path: path, .notTorch) }
    var sizes = [FileName: Int]()
    for storage in heap.storages { sizes[FileName(storage.key)] = storage.type?.size ?? 1 }
    var result = [FileName: Range<Int>]()
    var position = start
    for value in keys.heap.sequences[list] {
      // A key that the object does not mention has no element size, so the rest cannot be found;
      // if a tensor is there, reading it will say so.
      guard case .string(let key) = value, let size = sizes[FileName(key)] else { break }
      guard let count = file.load(Int64.self, at: position),
        let bytes = Int(exactly: count)?.multipliedReportingOverflow(by: size), !bytes.overflow,
        let range = file.range(at: position + 8, length: bytes.partialValue)
      else {
        throw .checkpoint(path: path, .storageOutside(key: key))
      }
      result[FileName(key)] = range
      position = range.upperBound
    }
    return result
  }
}
