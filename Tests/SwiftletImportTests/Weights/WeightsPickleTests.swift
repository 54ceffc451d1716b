import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// The limit ends a hang. It counts the time that a test waits for its turn as well, which is minutes under a
/// sanitizer; how time grows with hostile files is what `Tools/fuzz/complexity` measures.
@Suite("Weights: hostile pickles", .timeLimit(.minutes(15)))
struct WeightsPickleTests {
  private func tensors(_ object: [UInt8]) throws -> [WeightTensor] {
    try WeightFile.parse(FileBytes(Pickle.file(object)), path: "file").contents.tensors
  }

  private func pickleProblem(_ object: [UInt8]) -> PickleProblem? {
    guard case .pickle(_, let found)? = problem(Pickle.file(object)) else { return nil }
    return found
  }

  /// A view whose elements PyTorch negates when it reads them.
  @Test("a tensor that is marked as negative is refused")
  func negativeBit() {
    func marked(_ value: [UInt8]) -> [UInt8] {
      Pickle.dictionary([
        (
          "w",
          Pickle.call(
            "torch._utils", "_rebuild_tensor_v2",
            [
              Pickle.storage(count: 4), Pickle.integer(0), Pickle.tuple([Pickle.integer(4)]),
              Pickle.tuple([Pickle.integer(1)]), [0x89], Pickle.dictionary([]),
              Pickle.dictionary([("neg", value)]),
            ])
        )
      ])
    }
    // NEWFALSE and NEWTRUE.
    #expect(pickleProblem(marked([0x89])) == nil)
    guard case .unexpectedValue(let expected, _)? = pickleProblem(marked([0x88])) else {
      Issue.record("it is read")
      return
    }
    #expect(expected.contains("'neg'"))
  }

  @Test("two state dicts under ordinary keys: which is taken is said")
  func twoStates() throws {
    func state(_ first: Int) -> [UInt8] {
      Pickle.dictionary([("w", Pickle.tensor(offset: first, size: [2], strides: [1]))])
    }
    let both = Pickle.dictionary([("model", state(0)), ("state_dict", state(2))])
    let contents = try WeightFile.parse(FileBytes(Pickle.file(both)), path: "file").contents
    #expect(contents.tensors.map(\.values) == [[3, 4]])
    #expect(
      contents.notes == ["the weights under 'state_dict' are taken; there are others under 'model'"]
    )
  }

  @Test("a hand-built file reads, so the refusals below are not for its form")
  func handBuilt() throws {
    let object = Pickle.dictionary([
      ("w", Pickle.tensor(size: [2, 2], strides: [1, 2])),
      ("v", Pickle.tensor(offset: 1, size: [3], strides: [1])),
    ])
    #expect(
      try tensors(object) == [
        WeightTensor(name: "w", shape: [2, 2], values: [1, 3, 2, 4]),
        WeightTensor(name: "v", shape: [3], values: [2, 3, 4]),
      ])
  }

  @Test("an OrderedDict of a list of pairs, as Python 2 wrote it; the last of equal keys counts")
  func pairs() throws {
    let pairs = [("b", 0), ("a", 1), ("b", 2)].map { name, offset in
      Pickle.tuple([Pickle.text(name), Pickle.tensor(offset: offset, size: [1], strides: [1])])
    }
    let list = Array("](".utf8) + pairs.flatMap { $0 } + Array("e".utf8)
    let object = Pickle.call("collections", "OrderedDict", [list])
    #expect(
      try tensors(object) == [
        WeightTensor(name: "b", shape: [1], values: [3]),
        WeightTensor(name: "a", shape: [1], values: [2]),
      ])
  }

  @Test(
    "functions that only an attack calls are named, not called",
    arguments: [
      ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "exec"),
      ("subprocess", "Popen"), ("runpy", "run_path"), ("builtins", "__import__"),
    ])
  func notAllowed(module: String, name: String) {
    let call = Pickle.call(module, name, [Pickle.text("touch here")])
    #expect(pickleProblem(call) == .notAllowed("\(module).\(name)"))
    // The same by STACK_GLOBAL, and deep inside a state dict.
    let stackCall =
      Pickle.text(module) + Pickle.text(name) + [0x93] + Pickle.tuple([]) + Array("R".utf8)
    let inside = Pickle.dictionary([("state_dict", Pickle.dictionary([("w", stackCall)]))])
    #expect(pickleProblem(inside) == .notAllowed("\(module).\(name)"))
  }

  /// What it makes stands where a tensor would, so that a network that needs it lacks one.
  @Test(
    "calls of anything else make nothing",
    arguments: [
      ("builtins", "getattr"), ("operator", "attrgetter"), ("torch", "load"), ("numpy", "load"),
      ("torch.storage", "_load_from_bytes"), ("somebody", "Settings"),
    ])
  func unknownCalls(module: String, name: String) throws {
    let call = Pickle.call(module, name, [Pickle.text("touch here")])
    let tensor = Pickle.tensor(size: [1], strides: [1])
    let found = try tensors(Pickle.dictionary([("a", call), ("w", tensor), ("b", call)]))
    #expect(found == [WeightTensor(name: "w", shape: [1], values: [1])])
    #expect(
      problem(Pickle.file(call))
        == .checkpoint(path: "file", .notDictionary("an object without tensors")))
  }

  /// As the older format stores the source of each class beside the class.
  @Test("a class with its source")
  func classWithSource() throws {
    let described = Pickle.tuple([
      Pickle.text("module"), Pickle.global("somebody", "Net"), Pickle.text("net.py"),
      Pickle.text("class Net: ..."),
    ])
    let state = Pickle.dictionary([
      (
        "_parameters", Pickle.dictionary([("w", Pickle.tensor(size: [1], strides: [1]))])
      ), ("training", [0x89]),
    ])
    let object = described + Array("Q)".utf8) + [0x81] + state + Array("b".utf8)
    #expect(try tensors(object) == [WeightTensor(name: "w", shape: [1], values: [1])])
  }

  @Test("modules that hold each other in ever so many ways are given up")
  func modules() {
    // Thirty objects, each with the one before twice among its modules: 2³⁰ paths to the first.
    func object(_ state: [UInt8]) -> [UInt8] {
      Pickle.global("somebody", "Module") + [UInt8(ascii: ")"), 0x81] + state + [UInt8(ascii: "b")]
    }
    var value = object(Pickle.dictionary([("w", Pickle.tensor(size: [1], strides: [1]))]))
    value += [UInt8(ascii: "q"), 0, UInt8(ascii: "0")]
    for level in 1...30 {
      let before = [UInt8(ascii: "h"), UInt8(level - 1)]
      value +=
        object(Pickle.dictionary([("a", before), ("b", before)]))
        + [UInt8(ascii: "q"), UInt8(level), UInt8(ascii: "0")]
    }
    value += [UInt8(ascii: "h"), 30]
    #expect(problem(Pickle.file(value)) == .checkpoint(path: "file", .tooManyModules))
  }

  @Test("a plain pickle that calls something is refused as well")
  func plainPickle() {
    let bytes = Pickle.protocol2 + Pickle.call("os", "system", [Pickle.text("ls")]) + Pickle.stop
    #expect(problem(bytes) == .pickle(path: "file", .notAllowed("os.system")))
    #expect(
      problem(Pickle.protocol2 + Array("}".utf8) + Pickle.stop)
        == .checkpoint(path: "file", .notTorch))
  }

  @Test("instructions that are not on the list")
  func instructions() {
    // EXT1 looks up a registry, DUP copies, PERSID has its number as text.
    for code in [0x82, UInt8(ascii: "2"), UInt8(ascii: "P"), 0xFF] {
      let object = Array("()".utf8) + [code]
      guard case .opcode(code, let at)? = pickleProblem(object) else {
        Issue.record("0x\(String(code, radix: 16)) was not refused")
        continue
      }
      #expect(at == Pickle.header.count + 4)
    }
  }

  @Test("BUILD and REDUCE on what cannot take them")
  func build() {
    let build = Pickle.tuple([]) + Array("}b".utf8)
    guard case .unexpectedValue? = pickleProblem(build) else {
      Issue.record("BUILD on a tuple was accepted")
      return
    }
    let reduce = Pickle.text("os.system") + Pickle.tuple([]) + Array("R".utf8)
    guard case .unexpectedValue? = pickleProblem(reduce) else {
      Issue.record("a text was called")
      return
    }
  }

  @Test("nesting without end is neither recursed into nor freed by recursion")
  func nesting() {
    let tuples = Array(")".utf8) + [UInt8](repeating: 0x85, count: 1_000_000)
    #expect(problem(Pickle.file(tuples)) == .checkpoint(path: "file", .notDictionary("a tuple")))
    let lists =
      [UInt8](repeating: UInt8(ascii: "]"), count: 300_000)
      + [UInt8](repeating: UInt8(ascii: "a"), count: 299_999)
    #expect(problem(Pickle.file(lists)) == .checkpoint(path: "file", .notDictionary("a list")))
    let marks = [UInt8](repeating: UInt8(ascii: "("), count: 5_000_000)
    #expect(pickleProblem(marks) == .tooManyValues)
  }

  @Test("containers that hold themselves")
  func cycles() {
    // A list in itself, and a dictionary that is its own state dict.
    let list = Array("]q\0h\0a".utf8)
    #expect(problem(Pickle.file(list)) == .checkpoint(path: "file", .notDictionary("a list")))
    let tensor = Pickle.tensor(size: [4], strides: [1])
    let dictionary =
      Array("}q\0(".utf8) + Pickle.text("model") + Array("h\0".utf8) + Pickle.text("w") + tensor
      + Array("u".utf8)
    #expect(problem(Pickle.file(dictionary)) == .checkpoint(path: "file", .nestedTooDeeply))
  }

  @Test("copies of one large list count against the limit")
  func copies() {
    // A list of 10,000 pairs, made an OrderedDict a thousand times.
    let pair = Pickle.tuple([Pickle.text("k"), Array("N".utf8)]) + Array("q\u{1}".utf8)
    let list =
      Array("](".utf8) + pair + [UInt8]((0..<9_999).flatMap { _ in Array("h\u{1}".utf8) })
      + Array("eq\u{2}".utf8)
    let again =
      Pickle.global("collections", "OrderedDict")
      + Array("h\u{2}\u{85}R".unicodeScalars.map { UInt8($0.value) })
    let object = list + [UInt8]((0..<1_000).flatMap { _ in again })
    #expect(pickleProblem(object) == .tooManyValues)
  }

  @Test("lengths beyond the file")
  func lengths() {
    let huge = [UInt8](repeating: 0xFF, count: 8)
    let objects: [[UInt8]] = [
      [UInt8(ascii: "X")] + huge, [0x8D] + huge, [0x8E] + huge, [UInt8(ascii: "B")] + huge,
      [UInt8(ascii: "T")] + huge, [0x8B] + huge, [0x95] + huge,
      [0x8D] + littleEndian(UInt64(Int.max)), [0x8C, 255], [0x8A, 255],
    ]
    for object in objects {
      // Without what would follow, so that nothing can fill the length.
      let bytes = Pickle.header + Pickle.protocol2 + object
      #expect(problem(bytes) == .pickle(path: "file", .truncated), "\(object)")
    }
  }

  @Test("stack and memo")
  func stack() {
    for code in ["t", "e", "u", "R", "b", "s", "a", "Q", "q\0", "\u{93}", "(0", "1"] {
      let object = code.unicodeScalars.map { UInt8($0.value) }
      guard case .emptyStack? = pickleProblem(object) else {
        Issue.record("\(code) found operands")
        continue
      }
    }
    guard case .memo? = pickleProblem(Array("h\u{5}".utf8)) else {
      Issue.record("a value was recalled that was not stored")
      return
    }
  }

  static let badTensors: [(offset: Int, size: [Int], strides: [Int], problem: TensorProblem)] = [
    (0, [5], [1], .outsideStorage(lastElement: 4, storageCount: 4)),
    (4, [1], [1], .outsideStorage(lastElement: 4, storageCount: 4)),
    (1, [2, 2], [2, 1], .outsideStorage(lastElement: 4, storageCount: 4)),
    (0, [2], [Int.max], .outsideStorage(lastElement: Int.max, storageCount: 4)),
    (1, [2], [Int.max], .shapeOverflow([2])),
    (0, [3, 1], [Int.max, 1], .shapeOverflow([3, 1])),
    (0, [1 << 40, 1 << 40], [0, 0], .shapeOverflow([1 << 40, 1 << 40])),
    (0, [1 << 20, 1 << 20], [0, 0], .tooManyValues(limit: 1 << 24)),
    (0, [(1 << 24) + 1], [0], .tooManyValues(limit: 1 << 24)),
  ]

  @Test("tensors that reach outside their storage, or are absurdly large", arguments: badTensors)
  func badTensor(offset: Int, size: [Int], strides: [Int], expected: TensorProblem) {
    let tensor = Pickle.tensor(offset: offset, size: size, strides: strides)
    #expect(
      problem(Pickle.file(Pickle.dictionary([("w", tensor)])))
        == .tensor(path: "file", tensor: "w", expected))
  }

  @Test("empty tensors of any shape do not overflow")
  func emptyTensors() throws {
    let tensor = Pickle.tensor(size: [0, 1 << 40, 1 << 40], strides: [1 << 60, 1 << 60, 1])
    let found = try tensors(Pickle.dictionary([("w", tensor)]))
    #expect(found == [WeightTensor(name: "w", shape: [0, 1 << 40, 1 << 40], values: [])])
  }

  @Test("negative lengths and mismatched strides")
  func malformedTensors() {
    for (size, strides) in [
      ([-1], [1]), ([1], [-1]), ([2, 2], [1]),
      ([Int](repeating: 1, count: 40), [Int](repeating: 1, count: 40)),
    ] {
      let tensor = Pickle.tensor(size: size, strides: strides)
      guard case .unexpectedValue? = pickleProblem(Pickle.dictionary([("w", tensor)])) else {
        Issue.record("size \(size) and strides \(strides) were accepted")
        continue
      }
    }
  }

  @Test("storages beyond the end of the file")
  func cutStorage() {
    let file = Pickle.file(Pickle.dictionary([("w", Pickle.tensor(size: [4], strides: [1]))]))
    let cut = Array(file.dropLast())
    #expect(problem(cut) == .checkpoint(path: "file", .storageOutside(key: "0")))
    // A count of −1, and one whose bytes overflow.
    for count in [-1, Int.max] {
      let bytes = Array(file.dropLast(8 + 16)) + littleEndian(Int64(count))
      #expect(problem(bytes) == .checkpoint(path: "file", .storageOutside(key: "0")))
    }
  }

  @Test("a storage that claims more elements than the file has")
  func shortStorage() {
    let tensor = Pickle.tensor(storageCount: 1 << 61, size: [5], strides: [1])
    #expect(
      problem(Pickle.file(Pickle.dictionary([("w", tensor)])))
        == .tensor(
          path: "file", tensor: "w", .shortStorage(key: "0", expected: Int.max, found: 16)))
  }
}
