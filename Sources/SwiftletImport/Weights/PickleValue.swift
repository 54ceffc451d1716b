/// A value on the stack of the pickle machine.
///
/// Containers are indices into a ``PickleHeap``, so that values never own each other: a list may
/// hold itself, and a million nested tuples are freed without recursion.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits: its little-endian bytes.
  case bigInteger([UInt8])
  case double(Double)
  case string(String)
  /// Index into `sequences`.
  case tuple(Int)
  /// Index into `sequences`.
  case list(Int)
  /// Index into `dictionaries`.
  case dictionary(Int)
  /// Something allowed that can be called.
  case global(PickleGlobal)
  /// Index into `storages`.
  case storage(Int)
  /// Index into `tensors`.
  case tensor(Int)
  /// Something harmless whose value does not matter: bytes, sets, NumPy scalars, devices.
  case opaque
}

/// Everything that pickled containers hold.
struct PickleHeap {
  var sequences = [[PickleValue]]()
  /// Key and value in insertion order; a key may stand several times, then the last counts.
  var dictionaries = [[(key: PickleValue, value: PickleValue)]]()
  var storages = [StorageReference]()
  var tensors = [TensorReference]()
}

/// A run of elements that the file stores apart from the pickle.
struct StorageReference {
  /// What names the storage in the file.
  let key: String
  /// nil for a storage of bytes, which only says that its elements have no type.
  let type: ElementType?
  /// The number of elements in the file's storage.
  let count: Int
  /// The elements of it that are meant: all, but for views in very old files.
  let window: Range<Int>
}

/// A tensor as a view of a storage; lengths are in elements.
struct TensorReference {
  let storage: Int
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// What a pickle may name; everything else is refused.
enum PickleGlobal {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case size
  /// A storage class; nil for the one without element type.
  case storage(ElementType?)
  /// Calling it makes an object whose value does not matter.
  case inert

  /// The allowed global of a name; nil for all others.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"):
      self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
      self = .rebuildParameter
    case ("torch", "Size"): self = .size
    case ("torch", _):
      if let type = Self.storages[name] {
        self = .storage(type)
      } else if Self.torchValues.contains(name) {
        self = .inert
      } else {
        return nil
      }
    case ("torch.storage", "UntypedStorage"): self = .storage(nil)
    default:
      guard Self.harmless.contains("\(module).\(name)") else { return nil }
      self = .inert
    }
  }

  private static let storages: [String: ElementType] = [
    "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32,
    "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
  ]

  private static let torchValues: Set<String> = [
    "device", "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8",
    "uint8", "bool", "strided", "contiguous_format", "channels_last", "preserve_format",
  ]

  /// Constructors that checkpoints use for scores, counters and settings.
  private static let harmless: Set<String> = [
    "_codecs.encode", "collections.Counter", "builtins.set", "__builtin__.set",
    "builtins.frozenset", "__builtin__.frozenset", "builtins.bytearray", "__builtin__.bytearray",
    "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct", "numpy.dtypes.Float64DType",
    "numpy.dtypes.Float32DType", "numpy.dtypes.Int64DType",
  ]
}

/// What is wrong with a pickle; positions are byte offsets from the start of the file.
public enum PickleProblem: Error, Equatable, Sendable {
  /// It ends before its STOP.
  case truncated
  /// A protocol that is not read.
  case version(Int)
  /// An instruction that is not allowed.
  case opcode(UInt8, at: Int)
  /// It names a function or class that is not allowed.
  case notAllowed(String)
  /// It makes an object of a class that is not allowed, such as a whole network.
  case object(className: String)
  /// An instruction takes more from the stack than there is.
  case emptyStack(at: Int)
  /// An instruction finds another kind of value than it needs.
  case unexpectedValue(expected: String, at: Int)
  /// It recalls a value that it did not store.
  case memo(at: Int)
  /// A text is not valid.
  case text(at: Int)
  /// It makes more values than allowed.
  case tooManyValues
}

extension PickleProblem: CustomStringConvertible {
  /// The problem as a clause, to stand after the name of the file or tensor.
  public var description: String {
    switch self {
    case .truncated: "it ends early, so the file is probably cut short"
    case .version(let version): "protocol \(version) is not known (2 to 5 are)"
    case .opcode(let code, let at):
      "the instruction 0x\(String(code, radix: 16)) at byte \(at) is not allowed"
    case .notAllowed(let name):
      "it asks to call \(quoted(name)), which is not allowed "
        + "(save only tensors, with `torch.save(model.state_dict(), …)`)"
    case .object(let className):
      "it holds a whole Python object of class \(quoted(className)), but only tensors can be read: "
        + "save them with `torch.save(model.state_dict(), …)`"
    case .emptyStack(let at):
      "it is damaged: the instruction at byte \(at) has too few operands"
    case .unexpectedValue(let expected, let at):
      "it is damaged: the instruction at byte \(at) needs \(expected)"
    case .memo(let at):
      "it is damaged: the instruction at byte \(at) recalls a value that was never stored"
    case .text(let at): "it is damaged: the text at byte \(at) is not valid"
    case .tooManyValues: "it makes more than \(WeightLimits.pickleValues) values"
    }
  }
}
