/// Interprets the opcodes that `torch.save` writes, and executes nothing.
///
/// Python's pickle names functions to call and classes to make objects of. Here a few names mean values
/// of ``PickleHeap``; all others make a ``PickleObject``, which only keeps what the file says of it. Time
/// and memory are bounded by the length of the pickle and by ``WeightLimits/pickleValues``.
struct PickleMachine {
  private let file: FileBytes
  private let limit: Int
  /// The position of the instruction that is being executed.
  private(set) var instruction: Int
  /// The position after what has been read.
  private(set) var position: Int
  private(set) var heap = PickleHeap()
  private var stack = [PickleValue]()
  /// The height of the stack at each open mark.
  private var marks = [Int]()
  private var memo = [Int: PickleValue]()
  private var valueCount = 0

  /// Prepares to read the pickle that starts with the range and may end before it does.
  init(_ file: FileBytes, _ range: Range<Int>) {
    self.file = file
    limit = min(range.upperBound, file.count)
    position = range.lowerBound
    instruction = range.lowerBound
  }

  /// Runs up to STOP and returns the value it leaves; `position` is then after the STOP.
  mutating func run() throws(PickleProblem) -> PickleValue {
    while true {
      instruction = position
      let code = try byte()
      if code == UInt8(ascii: ".") { return try pop() }
      try execute(code)
    }
  }

  private mutating func execute(_ code: UInt8) throws(PickleProblem) {
    switch code {
    case 0x80:  // PROTO
      let version = Int(try byte())
      guard (2...5).contains(version) else { throw .version(version) }
    case 0x95: _ = try length64()  // FRAME: a hint for readers of streams
    case UInt8(ascii: "("): try pushMark()
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popToMark()

    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.bool(true))
    case 0x89: try push(.bool(false))
    case UInt8(ascii: "K"): try push(.integer(Int(try byte())))
    case UInt8(ascii: "M"): try push(.integer(Int(try load(UInt16.self))))
    case UInt8(ascii: "J"): try push(.integer(Int(try load(Int32.self))))
    case 0x8A: try pushLong(Int(try byte()))
    case 0x8B: try pushLong(try length32())
    case UInt8(ascii: "G"):
      try push(.double(Double(bitPattern: try load(UInt64.self).byteSwapped)))
    case UInt8(ascii: "X"): try pushText(try length32())
    case 0x8C: try pushText(Int(try byte()))
    case 0x8D: try pushText(try length64())
    case UInt8(ascii: "U"): try pushByteString(Int(try byte()))
    case UInt8(ascii: "T"): try pushByteString(try length32())
    case UInt8(ascii: "C"): try pushBytes(Int(try byte()))
    case UInt8(ascii: "B"): try pushBytes(try length32())
    case 0x8E, 0x96: try pushBytes(try length64())

    case UInt8(ascii: ")"): try pushSequence([], PickleValue.tuple)
    case 0x85...0x87: try pushSequence(try pop(Int(code) - 0x84), PickleValue.tuple)
    case UInt8(ascii: "t"): try pushSequence(try popToMark(), PickleValue.tuple)
    case UInt8(ascii: "]"): try pushSequence([], PickleValue.list)
    case UInt8(ascii: "a"): try append(try pop(1))
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "}"): try pushDictionary([])
    case UInt8(ascii: "s"): try setItems(try pop(2))
    case UInt8(ascii: "u"): try setItems(try popToMark())
    case 0x8F: try push(.opaque)  // EMPTY_SET
    case 0x90: _ = try popToMark()  // ADDITEMS
    case 0x91:  // FROZENSET
      _ = try popToMark()
      try push(.opaque)

    case UInt8(ascii: "q"): try store(Int(try byte()))
    case UInt8(ascii: "r"): try store(Int(try load(UInt32.self)))
    case 0x94: try store(memo.count)
    case UInt8(ascii: "h"): try recall(Int(try byte()))
    case UInt8(ascii: "j"): try recall(Int(try load(UInt32.self)))

    case UInt8(ascii: "c"): try global(module: try line(), name: try line())
    case 0x93:  // STACK_GLOBAL
      let names = try pop(2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw unexpected("two names")
      }
      try global(module: module, name: name)
    case UInt8(ascii: "R"): try call()
    case 0x81:  // NEWOBJ: a class and its arguments
      _ = try pop(2)
      try pushObject()
    case 0x92:  // NEWOBJ_EX: the same with arguments by name
      _ = try pop(3)
      try pushObject()
    case UInt8(ascii: "o"):  // OBJ: a class and its arguments above a mark
      _ = try popToMark()
      try pushObject()
    case UInt8(ascii: "i"):  // INST: the same, the class by name
      try global(module: try line(), name: try line())
      _ = try pop()
      _ = try popToMark()
      try pushObject()
    case UInt8(ascii: "b"): try build()
    case UInt8(ascii: "Q"): try push(try persistent(try pop()))
    default: throw .opcode(code, at: instruction)
    }
  }
}

// Reading operands.
extension PickleMachine {
  private mutating func byte() throws(PickleProblem) -> UInt8 {
    guard position < limit, let byte = file.byte(at: position) else { throw .truncated }
    position += 1
    return byte
  }

  private mutating func load<Value: FixedWidthInteger>(
    _ type: Value.Type
  ) throws(PickleProblem) -> Value {
    let size = MemoryLayout<Value>.size
    guard limit - position >= size, let value = file.load(type, at: position) else {
      throw .truncated
    }
    position += size
    return value
  }

  private mutating func length32() throws(PickleProblem) -> Int { Int(try load(UInt32.self)) }

  private mutating func length64() throws(PickleProblem) -> Int {
    guard let length = Int(exactly: try load(UInt64.self)) else { throw .truncated }
    return length
  }

  /// The next `length` bytes, which must be inside the pickle.
  private mutating func take(_ length: Int) throws(PickleProblem) -> Range<Int> {
    guard length <= limit - position else { throw .truncated }
    defer { position += length }
    return position..<(position + length)
  }

  /// A line of GLOBAL's names.
  private mutating func line() throws(PickleProblem) -> String {
    let start = position
    while try byte() != 0x0A {
      guard position - start <= WeightLimits.nameLength else { throw .text(at: start) }
    }
    guard let text = file.text(start..<(position - 1)) else { throw .text(at: start) }
    return text
  }

  private mutating func pushLong(_ length: Int) throws(PickleProblem) {
    // Only the magic number of old files is as long as ten.
    let bytes = file.bytes(try take(length).prefix(WeightLimits.nameLength))
    guard length > 8 else {
      // Two's complement, the last byte's high bit being the sign.
      var value: UInt64 = bytes.last.map { $0 & 0x80 != 0 } == true ? .max : 0
      for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
      return try push(.integer(Int(Int64(bitPattern: value))))
    }
    try push(.bigInteger(bytes))
  }

  private mutating func pushText(_ length: Int) throws(PickleProblem) {
    let range = try take(length)
    guard let text = text(range) else { throw .text(at: range.lowerBound) }
    try push(.string(text))
  }

  /// The UTF-8 text of a range: of one that is longer than any name so much as shows that it is.
  private func text(_ range: Range<Int>) -> String? {
    guard range.count > WeightLimits.nameLength else { return file.text(range) }
    // The cut may have halved a character, which is mended.
    return String(
      decoding: file.bytes(range.prefix(WeightLimits.nameLength + 1)), as: UTF8.self)
  }

  /// A Python 2 string: text if it is UTF-8, else bytes that do not matter.
  private mutating func pushByteString(_ length: Int) throws(PickleProblem) {
    let range = try take(length)
    try push(text(range).map { PickleValue.string($0) } ?? .opaque)
  }

  private mutating func pushBytes(_ length: Int) throws(PickleProblem) {
    _ = try take(length)
    try push(.opaque)
  }
}

// The stack, the memo and the containers.
extension PickleMachine {
  func unexpected(_ expected: String) -> PickleProblem {
    .unexpectedValue(expected: expected, at: instruction)
  }

  /// Counts values that are made or copied, against the limit.
  mutating func count(_ values: Int) throws(PickleProblem) {
    valueCount += values
    guard valueCount <= WeightLimits.pickleValues else { throw .tooManyValues }
  }

  mutating func push(_ value: PickleValue) throws(PickleProblem) {
    try count(1)
    stack.append(value)
  }

  private mutating func pushMark() throws(PickleProblem) {
    try count(1)
    marks.append(stack.count)
  }

  mutating func pop() throws(PickleProblem) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw .emptyStack(at: instruction)
    }
    return value
  }

  mutating func pop(_ count: Int) throws(PickleProblem) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw .emptyStack(at: instruction) }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  private mutating func popToMark() throws(PickleProblem) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw .emptyStack(at: instruction) }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  func top() throws(PickleProblem) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw .emptyStack(at: instruction)
    }
    return value
  }

  private mutating func store(_ index: Int) throws(PickleProblem) {
    try count(1)
    memo[index] = try top()
  }

  private mutating func recall(_ index: Int) throws(PickleProblem) {
    guard let value = memo[index] else { throw .memo(at: instruction) }
    try push(value)
  }

  mutating func pushSequence(
    _ values: [PickleValue], _ kind: (Int) -> PickleValue
  ) throws(PickleProblem) {
    try count(values.count)
    heap.sequences.append(values)
    try push(kind(heap.sequences.count - 1))
  }

  mutating func pushDictionary(
    _ items: [(key: PickleValue, value: PickleValue)]
  ) throws(PickleProblem) {
    try count(items.count)
    heap.dictionaries.append(items)
    try push(.dictionary(heap.dictionaries.count - 1))
  }

  private mutating func append(_ values: [PickleValue]) throws(PickleProblem) {
    switch try top() {
    case .list(let list):
      try count(values.count)
      heap.sequences[list].append(contentsOf: values)
    case .object, .opaque: return
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .dictionary, .global,
      .storage, .tensor:
      throw unexpected("a list")
    }
  }

  private mutating func setItems(_ values: [PickleValue]) throws(PickleProblem) {
    guard values.count % 2 == 0 else { throw unexpected("keys and values") }
    try count(values.count)
    let pairs = stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
    switch try top() {
    case .dictionary(let dictionary): heap.dictionaries[dictionary] += pairs
    case .object(let object): heap.objects[object].items += pairs
    case .opaque: return
    case .none, .bool, .integer, .bigInteger, .double, .string, .tuple, .list, .global, .storage,
      .tensor:
      throw unexpected("a dictionary")
    }
  }

  mutating func addStorage(_ storage: StorageReference) -> PickleValue {
    heap.storages.append(storage)
    return .storage(heap.storages.count - 1)
  }

  mutating func addTensor(_ tensor: TensorReference) -> PickleValue {
    heap.tensors.append(tensor)
    return .tensor(heap.tensors.count - 1)
  }

  mutating func pushObject() throws(PickleProblem) {
    heap.objects.append(PickleObject())
    try push(.object(heap.objects.count - 1))
  }

  mutating func setState(_ state: PickleValue, ofObject index: Int) {
    heap.objects[index].state = state
  }
}
