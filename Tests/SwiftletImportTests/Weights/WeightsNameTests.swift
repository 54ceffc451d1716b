import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// A safetensors file of scalars with these names, which are written into the header as they are.
private func scalars(_ names: [String], metadata: String? = nil) -> [UInt8] {
  var members = metadata.map { ["\"__metadata__\":{\($0)}"] } ?? []
  for (index, name) in names.enumerated() {
    members.append(
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(4 * index),\(4 * index + 4)]}"
    )
  }
  let header = Array("{\(members.joined(separator: ","))}".utf8)
  return littleEndian(UInt64(header.count)) + header
    + names.indices.flatMap { littleEndian(Float($0).bitPattern) }
}

/// Accents in an order that Unicode's normal form has otherwise: of classes 230 and 220 by turns.
private func accents(_ count: Int) -> String {
  String(repeating: "\u{301}\u{323}", count: count / 2)
}

@Suite("Names in weight files")
struct WeightsNameTests {
  private func names(_ bytes: [UInt8]) throws -> [String] {
    try WeightFile.parse(FileBytes(bytes), path: "file").contents.tensors.map(\.name)
  }

  @Test("Names that read the same and are written differently are two names, in every format")
  func equivalence() throws {
    let pair = ["caf\u{E9}", "cafe\u{301}"]
    let expected = pair.map { Array($0.utf8) }
    #expect(try names(scalars(pair)).map { Array($0.utf8) } == expected)
    let items = pair.map { ($0, Pickle.tensor(size: [2], strides: [1])) }
    #expect(
      try names(Pickle.file(Pickle.dictionary(items))).map { Array($0.utf8) } == expected)
    // The same bytes twice are still one name too many, and in Python's dictionaries one.
    #expect(
      problem(scalars(["caf\u{E9}", "caf\\u00e9"]))
        == .safetensors(path: "file", .header(.duplicateKey(pair[0]))))
    let twice = [items[0], items[0]]
    #expect(try names(Pickle.file(Pickle.dictionary(twice))).count == 1)
  }

  @Test("A name of 1,024 bytes is taken and one of more is refused, in every format")
  func limit() throws {
    let (longest, tooLong) = (
      String(repeating: "n", count: 1024), String(repeating: "n", count: 1025)
    )
    #expect(try names(scalars([longest])) == [longest])
    #expect(
      problem(scalars([tooLong])) == .safetensors(path: "file", .header(.longKey(at: 1))))
    let tensor = Pickle.tensor(size: [2], strides: [1])
    #expect(try names(Pickle.file(Pickle.dictionary([(longest, tensor)]))) == [longest])
    for long in [tooLong, tooLong + "é", accents(40_000)] {
      #expect(
        problem(Pickle.file(Pickle.dictionary([(long, tensor)])))
          == .checkpoint(path: "file", .longName))
    }
  }

  @Test("A zip file's names have the limit too")
  func zipNames() throws {
    // One stored member without bytes: its local header, the directory's record, the end record.
    func archive(_ length: Int) -> [UInt8] {
      let name = [UInt8](repeating: UInt8(ascii: "a"), count: length)
      func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
      var local = littleEndian(UInt32(0x0403_4B50))
      local += zeros(22)
      local += littleEndian(UInt16(length))
      local += zeros(2)
      local += name
      var record = littleEndian(UInt32(0x0201_4B50))
      record += zeros(24)
      record += littleEndian(UInt16(length))
      record += zeros(16)
      record += name
      var end = littleEndian(UInt32(0x0605_4B50))
      end += [0, 0, 0, 0, 1, 0, 1, 0] as [UInt8]
      end += littleEndian(UInt32(record.count))
      end += littleEndian(UInt32(local.count))
      end += zeros(2)
      return local + record + end
    }
    guard case .checkpoint(_, .noPickle)? = problem(archive(1024)) else {
      Issue.record("\(String(describing: problem(archive(1024))))")
      return
    }
    #expect(problem(archive(1025)) == .zip(path: "file", .longName(length: 1025)))
  }

  @Test("Hostile names take no longer than their bytes do: a second for what took minutes")
  func time() {
    let clock = ContinuousClock()
    let elapsed = clock.measure {
      #expect(problem(scalars([accents(400_000)])) != nil)
      #expect(problem(scalars(["a"], metadata: "\"padding\":\"\(accents(400_000))\"")) == nil)
      #expect(problem(scalars(["a"], metadata: "\"\(accents(1_000))\":\"\"")) != nil)
      let type = Array(
        "{\"a\":{\"dtype\":\"\(accents(400_000))\",\"shape\":[],\"data_offsets\":[0,0]}}".utf8)
      #expect(problem(littleEndian(UInt64(type.count)) + type) != nil)
      for text in [accents(400_000), "storage" + accents(400_000)] {
        let id = Pickle.tuple([Pickle.text(text), Pickle.text(text)]) + Array("Q".utf8)
        #expect(problem(Pickle.file(id)) != nil)
        #expect(problem(Pickle.file(Pickle.text(text) + Pickle.text(text) + [0x93])) != nil)
      }
    }
    // Quadratic, it took many minutes; Tools/fuzz/complexity measures how it grows.
    #expect(elapsed < .seconds(isEmulated ? 1200 : 240))
  }

  @Test("Prefixes that all names share are taken off however often they stand there")
  func prefixes() {
    func stripped(_ names: [String]) -> [String] {
      let tensors = names.map { WeightTensor(name: $0, shape: [1], values: [0]) }
      return SharedPrefix.strip(WeightContents(tensors: tensors)).tensors.map(\.name)
    }
    #expect(stripped(["module._orig_mod.module.a", "module._orig_mod.module.b"]) == ["a", "b"])
    #expect(stripped(["module.a", "module.module.a"]) == ["a", "module.a"])
    // Something of each name must remain.
    #expect(stripped(["module.module.", "module.module.x"]) == ["module.", "module.x"])
    #expect(stripped(["module.a", "b"]) == ["module.a", "b"])
    #expect(stripped(["module.\u{301}a"]) == ["\u{301}a"])
    #expect(stripped([]) == [])
    // A megabyte of them in each of four names.
    let long = String(repeating: "module.", count: 150_000)
    let clock = ContinuousClock()
    let elapsed = clock.measure { #expect(stripped((0..<4).map { "\(long)\($0)" }).count == 4) }
    #expect(elapsed < .seconds(isEmulated ? 1200 : 240))
  }

  @Test("Sentences show the beginning of a long name, without control characters")
  func sentences() throws {
    let name = "\\u001b\\u202e" + String(repeating: "x", count: 1000)
    let error = try #require(problem(scalars([name, name])))
    #expect("\(error)".unicodeScalars.count < 300)
    #expect(!"\(error)".unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
  }
}

@Suite("Weight files that change")
struct WeightsChangeTests {
  private func readingFails(
    _ path: String, after change: () throws -> Void
  ) throws -> String {
    let file = try FileBytes(path: path)
    try change()
    do throws(ImportError) {
      _ = try WeightFile.read(file, path: path)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "A file that becomes shorter while it is read is a sentence",
    arguments: ["plain.safetensors", "plain.pt", "plain.legacy.pth", "strided.pt"])
  func truncation(name: String) throws {
    let bytes = try fixtureBytes(name)
    try withTemporaryFolder { folder in
      let path = folder + "/" + name
      for length in [0, 1, 8, 100, bytes.count / 2, bytes.count - 1] {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let message = try readingFails(path) { try #require(truncate(path, off_t(length)) == 0) }
        #expect(message.contains(path), "\(length)")
        #expect(
          message.contains("became shorter while it was read")
            || message.contains("changed while it was read"), "\(message)")
      }
    }
  }

  @Test("A file that is written to while it is read is a sentence")
  func writing() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try Data(try fixtureBytes("plain.safetensors")).write(to: URL(fileURLWithPath: path))
      let message = try readingFails(path) {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seekToEnd()
        handle.write(Data([0]))
      }
      #expect(message.contains("changed while it was read"), "\(message)")
    }
  }

  @Test("Pieces, blocks and elements far apart give the values that the file has")
  func values() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let count = 300_000
      let elements = (0..<count).map { Float($0) }
      try Data(elements.flatMap { littleEndian($0.bitPattern) }).write(
        to: URL(fileURLWithPath: path))
      let file = try FileBytes(path: path)
      #expect(TensorValues.contiguous(.float32, file, at: 0, count: count) == elements)
      #expect(TensorValues.contiguous(.float32, file, at: 4, count: 1) == [1])
      // The upper halves of the elements' bits, as bfloat16, which has eight bits of the number.
      let halves = TensorValues.contiguous(.bfloat16, file, at: 0, count: 2 * count)
      #expect(halves.count == 2 * count)
      #expect(halves[2 * 256 + 1] == 256 && halves[2 * 131_072 + 1] == 131_072)
      // A matrix of 500 rows of 600, transposed; then its corners and middle.
      let transposed = TensorValues.strided(
        .float32, file, at: 0, shape: [600, 500], strides: [1, 600])
      #expect(transposed == (0..<600).flatMap { x in (0..<500).map { Float($0 * 600 + x) } })
      let far = TensorValues.strided(
        .float32, file, at: 4, shape: [3, 2], strides: [149_000, 500])
      #expect(far == [1, 501, 149_001, 149_501, 298_001, 298_501])
      #expect(file.load(UInt32.self, at: 4 * 70_000) == Float(70_000).bitPattern)
      #expect(file.load(UInt64.self, at: 16_380).map { $0 >> 32 } == UInt64(Float(4096).bitPattern))
      #expect(file.byte(at: 4 * count) == nil && file.byte(at: -1) == nil)
      try file.checkWasRead(path: path)
    }
  }
}
