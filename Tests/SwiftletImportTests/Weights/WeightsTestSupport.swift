import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// The path of a file that `Tools/fixtures/make_weights.py` wrote.
func weightFixture(_ name: String) -> String {
  repositoryRoot + "/Tests/SwiftletImportTests/Fixtures/weights/" + name
}

func readFixture(_ name: String) throws -> WeightFile {
  try WeightFile.read(weightFixture(name))
}

func fixtureBytes(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: weightFixture(name))))
}

/// The error of reading bytes, or nil if they read well.
func problem(_ bytes: [UInt8]) -> ImportError? {
  do throws(ImportError) {
    _ = try WeightFile.parse(FileBytes(bytes), path: "file")
    return nil
  } catch {
    return error
  }
}

func fixtureProblem(_ name: String) throws -> ImportError? {
  // The file's name stands for its path, so that whole errors can be compared.
  do throws(ImportError) {
    _ = try WeightFile.parse(FileBytes(path: weightFixture(name)), path: "file")
    return nil
  } catch {
    return error
  }
}

/// What the fixture script calls `ramp`: start, start + 1/8, …
func ramp(_ count: Int, from start: Float) -> [Float] {
  (0..<count).map { start + Float($0) / 8 }
}

/// What the fixture script calls `plain`, less the integer tensor.
let plainTensors = [
  WeightTensor(name: "conv.weight", shape: [2, 3, 2, 2], values: ramp(24, from: -1)),
  WeightTensor(name: "bn.running_var", shape: [2], values: ramp(2, from: 0.5)),
  WeightTensor(name: "fc.weight", shape: [3, 4], values: ramp(12, from: 2)),
  WeightTensor(name: "fc.bias", shape: [3], values: ramp(3, from: -4)),
]

extension WeightFile {
  /// The tensor of a name; a failed test if there is none.
  func tensor(_ name: String) throws -> WeightTensor {
    try #require(tensors.first { $0.name == name }, "no tensor \(name)")
  }
}

/// The bit patterns: unlike values they tell 0 from −0.
func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

/// Pickle opcodes for hand-built files.
enum Pickle {
  static let protocol2: [UInt8] = [0x80, 2]
  static let stop = Array(".".utf8)

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func text(_ text: String) -> [UInt8] {
    [UInt8(ascii: "X")] + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  /// LONG1 with eight bytes: every Int can be written.
  static func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + littleEndian(UInt64(bitPattern: Int64(value)))
  }

  static func tuple(_ values: [[UInt8]]) -> [UInt8] {
    Array("(".utf8) + values.flatMap { $0 } + Array("t".utf8)
  }

  static func call(_ module: String, _ name: String, _ arguments: [[UInt8]]) -> [UInt8] {
    global(module, name) + tuple(arguments) + Array("R".utf8)
  }

  /// A storage of floats, as a persistent id.
  static func storage(key: String = "0", count: Int) -> [UInt8] {
    tuple([
      text("storage"), global("torch", "FloatStorage"), text(key), text("cpu"), integer(count),
    ]) + Array("Q".utf8)
  }

  static func tensor(
    storageCount: Int = 4, offset: Int = 0, size: [Int], strides: [Int]
  ) -> [UInt8] {
    call(
      "torch._utils", "_rebuild_tensor",
      [
        storage(count: storageCount), integer(offset), tuple(size.map(integer)),
        tuple(strides.map(integer)),
      ])
  }

  static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
    Array("}(".utf8) + items.flatMap { text($0.0) + $0.1 } + Array("u".utf8)
  }

  /// The three pickles before the object: magic number, version, facts about the machine.
  static let header: [UInt8] = {
    let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    return [magic, integer(1001), Array("}".utf8)].flatMap { protocol2 + $0 + stop }
  }()

  /// A legacy file around an object, with storage "0" of four floats: 1, 2, 3, 4.
  static func file(_ object: [UInt8], elements: [Float] = [1, 2, 3, 4]) -> [UInt8] {
    let keys = Array("](".utf8) + text("0") + Array("e".utf8)
    return header + [object, keys].flatMap { protocol2 + $0 + stop }
      + littleEndian(UInt64(elements.count)) + elements.flatMap { littleEndian($0.bitPattern) }
  }
}

func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
