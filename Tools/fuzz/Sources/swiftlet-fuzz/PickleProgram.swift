/// The instructions of a pickle, one an element, so that a change is a change of one instruction.
struct PickleProgram {
  /// Each with its operands.
  var instructions: [[UInt8]] = []
  private var memoCount = 0
  private let protocolVersion: Int

  init(protocolVersion: Int) {
    self.protocolVersion = protocolVersion
    add([0x80, UInt8(protocolVersion)])
  }

  var bytes: [UInt8] { instructions.flatMap { $0 } }

  mutating func add(_ instruction: [UInt8]) { instructions.append(instruction) }

  mutating func add(_ code: Character) { add(Array(String(code).utf8)) }

  mutating func text(_ text: String) {
    let bytes = Array(text.utf8)
    if protocolVersion >= 4, bytes.count < 256 {
      add([0x8C, UInt8(bytes.count)] + bytes)
    } else {
      add([0x58] + little(UInt32(bytes.count)) + bytes)
    }
    memoize()
  }

  mutating func integer(_ value: Int) {
    switch value {
    case 0...255: add([0x4B, UInt8(value)])
    case 256...65535: add([0x4D] + little(UInt16(value)))
    case -1 << 31..<1 << 31: add([0x4A] + little(Int32(value)))
    default: add([0x8A, 8] + little(Int64(value)))
    }
  }

  mutating func name(_ module: String, _ name: String) {
    if protocolVersion >= 4 {
      text(module)
      text(name)
      add([0x93])
    } else {
      add(Array("c\(module)\n\(name)\n".utf8))
    }
    memoize()
  }

  mutating func tuple(_ values: [Int]) {
    if !(1...3).contains(values.count) { add("(") }
    for value in values { integer(value) }
    add(values.isEmpty ? [0x74] : values.count <= 3 ? [UInt8(0x84 + values.count)] : [0x74])
    memoize()
  }

  /// Calls what stands on the stack with the tuple above it.
  mutating func call() {
    add("R")
    memoize()
  }

  mutating func emptyDictionary() {
    add("}")
    memoize()
  }

  /// Stores the top of the stack, as picklers do with almost everything.
  private mutating func memoize() {
    if protocolVersion >= 4 {
      add([0x94])
    } else {
      add(memoCount < 256 ? [0x71, UInt8(memoCount)] : [0x72] + little(UInt32(memoCount)))
    }
    memoCount += 1
  }
}
