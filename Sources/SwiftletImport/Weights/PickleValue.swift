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
  /// Index into `objects`.
  case object(Int)
  /// Something whose value does not matter: bytes, sets.
  case opaque
}

/// Everything that pickled containers hold.
struct PickleHeap {
  var sequences = [[PickleValue]]()
  /// Key and value in insertion order; a key may stand several times, then the last counts.
  var dictionaries = [[(key: PickleValue, value: PickleValue)]]()
  var storages = [StorageReference]()
  var tensors = [TensorReference]()
  var objects = [PickleObject]()
}

/// An object of a class that is not known, which was never made: what the file says of it.
struct PickleObject {
  /// The attributes it was to be given; nil where there are none.
  var state: PickleValue?
  /// What it was to hold, if it is a kind of dictionary.
  var items: [(key: PickleValue, value: PickleValue)] = []
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

/// What a pickle names: functions and classes, none of which is ever called.
enum PickleGlobal {
  case orderedDictionary
  /// A dictionary with a factory for what is missing.
  case defaultDictionary
  case rebuildTensor
  case rebuildParameter
  /// A tensor of a class of its own: a function, the class, that function's arguments, attributes.
  case rebuildFromType
  case size
  /// A storage class; nil for the one without element type.
  case storage(ElementType?)
  /// Anything else. Calling it makes an object of which only the attributes are kept.
  case other

  /// The global of a name; nil for those that no checkpoint has and an attack would.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("collections", "defaultdict"): self = .defaultDictionary
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"):
      self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
      self = .rebuildParameter
    case ("torch._tensor", "_rebuild_from_type_v2"): self = .rebuildFromType
    case ("torch", "Size"): self = .size
    case ("torch", _), ("torch.cuda", _):
      self = Self.storages[name].map { .storage($0) } ?? .other
    case ("torch.storage", "UntypedStorage"): self = .storage(nil)
    default:
      guard !Self.isDangerous(module, name) else { return nil }
      self = .other
    }
  }

  private static let storages: [String: ElementType] = [
    "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32,
    "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
  ]

  /// Whether a name is one that an attack calls. Nothing is called here, but whoever loads the file in
  /// Python is warned.
  private static func isDangerous(_ module: String, _ name: String) -> Bool {
    let modules = [
      "os", "posix", "nt", "subprocess", "commands", "pty", "runpy", "socket", "shutil", "sys",
      "ctypes", "importlib", "webbrowser", "code", "pdb", "timeit", "bdb",
    ]
    let builtins = ["eval", "exec", "execfile", "compile", "open", "__import__", "input"]
    return modules.contains(module)
      || (module == "builtins" || module == "__builtin__") && builtins.contains(name)
  }
}

/// What is wrong with a pickle; positions are byte offsets from the start of the file.
public enum PickleProblem: Error, Equatable, Sendable {
  /// It ends before its STOP.
  case truncated
  /// A protocol that is not read.
  case version(Int)
  /// An instruction that is not allowed.
  case opcode(UInt8, at: Int)
  /// It names a function that no honest file does.
  case notAllowed(String)
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
      "it asks Python to call \(quoted(name)), which no file of weights does: do not load it anywhere"
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
