/// Writes a PyTorch checkpoint of the tensors that an input describes: the pickle from instructions,
/// some of which are changed, the storages as long as it says, in a zip archive or the older format.
enum TorchTarget {
  /// Kind, protocol, wrapping, how many instructions are changed, the archive's details.
  static let headLength = 5
  /// Of one entry: name, kind, type, rank and sizes (4), change, its value.
  static let entryLength = 9

  private static let storages: [(name: String, size: Int, isFloat: Bool)] = [
    ("FloatStorage", 4, true), ("HalfStorage", 2, true), ("DoubleStorage", 8, true),
    ("BFloat16Storage", 2, true), ("FloatStorage", 4, true), ("LongStorage", 8, false),
    ("FloatStorage", 4, true), ("ByteStorage", 1, false),
  ]

  private struct Checkpoint {
    var program: PickleProgram
    var storages: [WrittenStorage] = []
    var expected: [WrittenTensor] = []
    var isRight = true
  }

  static func execute(_ input: inout Input) {
    let (kind, version) = (input.byte(), input.byte())
    let (wrapping, changes, archive) = (input.byte(), input.byte(), input.byte())
    if kind >= 248 { return WeightsCheck.read(input.rest(), expected: nil) }
    let isLegacy = kind % 8 == 7
    var checkpoint = Checkpoint(program: PickleProgram(protocolVersion: version % 4 == 3 ? 4 : 2))
    // Changes of instructions stand first, or entries would take their bytes.
    let count = [0, 0, 0, 0, 1, 1, 2, 4][changes % 8]
    let changed = (0..<count).map { _ in input.take(entryLength) }
    write(&checkpoint, wrapping: wrapping, &input)
    for bytes in changed { change(&checkpoint, bytes) }
    checkpoint.program.add(".")
    let bytes = isLegacy ? legacy(checkpoint) : zip(&checkpoint, archive)
    let isRight = checkpoint.isRight && !checkpoint.expected.isEmpty
    WeightsCheck.read(bytes, expected: isRight ? checkpoint.expected : nil)
  }

  /// The state dict, in the dictionaries that trainers put around it.
  private static func write(
    _ checkpoint: inout Checkpoint, wrapping: Int, _ input: inout Input
  ) {
    let keys = ["state_dict", "model", "model_state_dict", "net"]
    let depth = [0, 0, 0, 1, 1, 1, 2, 5][wrapping % 8]
    if depth > 2 { checkpoint.isRight = false }
    for level in 0..<depth {
      checkpoint.program.emptyDictionary()
      checkpoint.program.add("(")
      checkpoint.program.text("epoch")
      checkpoint.program.integer(7)
      checkpoint.program.text(keys[(wrapping / 8 + level) % 4])
    }
    if wrapping & 64 == 0 {
      checkpoint.program.orderedDictionary()
    } else {
      checkpoint.program.emptyDictionary()
    }
    checkpoint.program.add("(")
    var count = 0
    while !input.isEmpty, count < 48 {
      entry(&checkpoint, number: count, &input)
      count += 1
    }
    checkpoint.program.add("u")
    for _ in 0..<depth { checkpoint.program.add("u") }
  }

  private static func entry(_ checkpoint: inout Checkpoint, number: Int, _ input: inout Input) {
    let nameChoice = input.byte()
    let name = Names.tensor(nameChoice, number: number)
    if Names.isOdd(nameChoice) { checkpoint.isRight = false }
    let (kind, type) = (input.byte(), input.choice(storages))
    let rank = input.byte() % 5
    let sizes = (0..<3).map { _ in 1 + input.byte() % 8 } + [1]
    let (change, value) = (input.byte(), input.byte())
    checkpoint.program.text(name)
    if kind >= 208 {
      if kind % 16 >= 13 { checkpoint.isRight = false }
      return checkpoint.program.other(kind, value)
    }
    var plan = TensorPlan(storageClass: type.name, key: String(number))
    plan.shape = Array(sizes[..<rank])
    var stride = 1
    for size in plan.shape.reversed() {
      plan.strides.insert(stride, at: 0)
      stride *= size
    }
    plan.storageCount = stride
    plan.isParameter = kind % 8 == 5
    let stored = plan.storageCount
    if change >= 216 {
      checkpoint.isRight = false
      changed(&plan, change, value)
    }
    checkpoint.program.tensor(plan)
    checkpoint.storages.append(
      WrittenStorage(key: String(number), elementSize: type.size, count: stored))
    if type.isFloat { checkpoint.expected.append(WrittenTensor(name: name, shape: plan.shape)) }
  }

  /// One thing wrong with, or unusual about, a tensor's description.
  private static func changed(_ plan: inout TensorPlan, _ change: Int, _ value: Int) {
    let numbers = [0, 1, -1, 3, 1 << 16, 1 << 24, 1 << 31, 1 << 40, Int.max, Int.min, Int.max / 2]
    let number = numbers[value % numbers.count]
    switch change % 10 {
    case 0: plan.offset = number
    case 1: plan.storageCount = number
    case 2: if !plan.shape.isEmpty { plan.shape[value % plan.shape.count] = number }
    case 3: if !plan.strides.isEmpty { plan.strides[value % plan.strides.count] = number }
    case 4: plan.strides = plan.strides.reversed()
    case 5: plan.strides = plan.strides.map { _ in 0 }
    case 6: plan.shape.append(1 + value % 40)
    case 7: plan.key = String(value % 4)
    case 8: plan.storageClass = ["UntypedStorage", "BoolStorage", "NoStorage"][value % 3]
    default: plan.shape = [Int](repeating: 1 + value % 3, count: 40)
    }
  }

  /// Instructions that are put in the place of others.
  private static let codes =
    Array("(.01NKMJGXUTCB)tQ]ae}suqhrjcRb".utf8) + [
      0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x91,
      0x92,
      0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
    ]

  /// Removes, repeats, moves, replaces or changes one instruction.
  private static func change(_ checkpoint: inout Checkpoint, _ bytes: [UInt8]) {
    guard bytes.count >= 6 else { return }
    checkpoint.isRight = false
    let count = checkpoint.program.instructions.count
    let at = (Int(bytes[1]) | Int(bytes[2]) << 8) % count
    let code = codes[Int(bytes[3]) % codes.count]
    switch bytes[0] % 6 {
    case 0: checkpoint.program.instructions.remove(at: at)
    case 1:
      checkpoint.program.instructions.insert(checkpoint.program.instructions[at], at: at)
    case 2: checkpoint.program.instructions.swapAt(at, (at + 1 + Int(bytes[4]) % 4) % count)
    case 3: checkpoint.program.instructions[at] = [code] + bytes[4...]
    case 4: checkpoint.program.instructions.insert([code] + bytes[4...], at: at)
    default:
      let place = Int(bytes[3]) % checkpoint.program.instructions[at].count
      checkpoint.program.instructions[at][place] = bytes[4]
    }
  }

  /// Small positive numbers: as float16 they are below 1, and no float type reads them as infinite.
  private static func data(_ storage: WrittenStorage) -> [UInt8] {
    (0..<(storage.count * storage.elementSize)).map { UInt8(truncatingIfNeeded: $0 & 0x3F) }
  }

  private static func zip(_ checkpoint: inout Checkpoint, _ details: Int) -> [UInt8] {
    var zip = StoredZip()
    let wide = details % 8 == 5
    zip.add("archive/data.pkl", checkpoint.program.bytes, wide: wide)
    if details % 4 == 1 { zip.add("archive/byteorder", Array("little".utf8)) }
    if details % 64 == 62 {
      zip.add("archive/constants.pkl", [0x80, 2, 0x29, 0x2E])
      checkpoint.isRight = false
    }
    for (index, storage) in checkpoint.storages.enumerated() {
      if details >= 248, index == details % 8 {
        checkpoint.isRight = false
        continue
      }
      zip.add("archive/data/\(storage.key)", data(storage), wide: wide)
    }
    zip.add("archive/version", Array("3\n".utf8), method: details == 247 ? 8 : 0)
    if details == 247 { checkpoint.isRight = false }
    var bytes = zip.archive(wide: wide)
    if details >= 232, details < 247 {
      checkpoint.isRight = false
      bytes[bytes.count - 1 - details * 3 % min(bytes.count, 200)] ^= 1 << UInt8(details % 8)
    }
    return bytes
  }

  /// The format before PyTorch 1.6: three pickles, the program, the keys, then the storages.
  private static func legacy(_ checkpoint: Checkpoint) -> [UInt8] {
    let magic: [UInt8] = [
      0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
    ]
    var bytes: [UInt8] = []
    for head in [magic, [0x8A, 2] + little(UInt16(1001)), Array("}".utf8)] {
      bytes += [0x80, 2] + head + Array(".".utf8)
    }
    bytes += checkpoint.program.bytes
    bytes += [0x80, 2] + Array("](".utf8)
    for storage in checkpoint.storages {
      bytes += [0x58] + little(UInt32(storage.key.utf8.count)) + Array(storage.key.utf8)
    }
    bytes += Array("e.".utf8)
    for storage in checkpoint.storages { bytes += little(UInt64(storage.count)) + data(storage) }
    return bytes
  }
}
