import Testing

@testable import SwiftletRuntime

/// The records' fields stand at the offsets of the specification, and come back as written.
@Suite struct RecordTests {
  private func view(_ bytes: [UInt8]) throws -> ByteView {
    ByteView(try bytes.withUnsafeBytes { try MappedFile(copying: $0) })
  }

  @Test func sha256HasThePublishedValues() {
    // FIPS 180-4 examples.
    func hex(_ text: String) -> String {
      digest(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        .joined()
    }
    #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }

  @Test func tensorRecord() throws {
    let record = TensorRecord(
      height: 0x01020304, width: 5, channels: 6, quantizationIndex: 7, quantizationCount: 8,
      name: StringRange(offset: 9, length: 10), source: StringRange(offset: 11, length: 12))
    let words: [UInt32] = [1, 0x01020304, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0]
    let expected = words.flatMap { littleEndian($0) }
    #expect(record.encoded() == expected)
    #expect(expected[4..<8] == [4, 3, 2, 1])
    #expect(TensorRecord(try view(expected), at: 0) == record)
  }

  @Test func operationRecord() throws {
    let record = OperationRecord(
      kind: .multiply, operandIndex: 2, operandCount: 3, output: 4,
      name: StringRange(offset: 5, length: 6), parametersOffset: 0x1_0000_0002,
      parametersLength: 0x3_0000_0004)
    let expected = words([5, 2, 3, 4, 5, 6, 2, 1, 4, 3, 0, 0])
    #expect(record.encoded() == expected)
    #expect(OperationRecord(try view(expected), at: 0) == record)
  }

  @Test func smallRecords() throws {
    let name = StringRange(offset: 0x0A0B_0C0D, length: 3)
    #expect(name.encoded() == [0x0D, 0x0C, 0x0B, 0x0A, 3, 0, 0, 0])
    #expect(StringRange(try view([0] + name.encoded()), at: 1) == name)

    let port = PortRecord(isOutput: true, tensor: 2, name: name)
    #expect(port.encoded() == [1, 0, 0, 0, 2, 0, 0, 0] + name.encoded())
    #expect(PortRecord(try view(port.encoded()), at: 0) == port)

    let pair = KeyValueRecord(key: StringRange(offset: 1, length: 2), value: name)
    #expect(pair.encoded() == [1, 0, 0, 0, 2, 0, 0, 0] + name.encoded())
    #expect(KeyValueRecord(try view(pair.encoded()), at: 0) == pair)

    // 1.5 is 0x3FC00000.
    let quantization = QuantizationRecord(scale: 1.5, zeroPoint: -2)
    #expect(quantization.encoded() == [0, 0, 0xC0, 0x3F, 0xFE, 0xFF, 0xFF, 0xFF])
    #expect(QuantizationRecord(try view(quantization.encoded()), at: 0) == quantization)
  }

  @Test func preprocessingRecord() throws {
    let tables = (0..<768).map { UInt8(truncatingIfNeeded: $0 / 3) }
    let record = PreprocessingRecord(
      input: 7, format: .bgr, resize: 256, cropHeight: 224, cropWidth: 225,
      interpolation: .bilinear, mean: [1, 2, 3], deviation: [4, 5, 6], tables: tables)
    var expected = words([7, 3, 256, 224, 225, 1])
    for value in [1, 2, 3, 0, 4, 5, 6, 0] as [Float] { expected += littleEndian(value.bitPattern) }
    expected += [UInt8](repeating: 0, count: 8) + tables + [UInt8](repeating: 0, count: 256)
    #expect(record.encoded() == expected)
    #expect(expected.count == 1088)
    let check = RecordCheck(section: .preprocessing, index: 0)
    #expect(try PreprocessingRecord(try view(expected), check) == record)
    let gray = PreprocessingRecord(
      format: .gray, resize: 0, cropHeight: 1, cropWidth: 2, interpolation: .nearest, mean: [0],
      deviation: [1], tables: Array(tables[0..<256]))
    #expect(try PreprocessingRecord(try view(gray.encoded()), check) == gray)
  }

  @Test func utf8IsChecked() throws {
    for text in ["", "a", "é", "€", "𝄞", "\u{10FFFF}", "\u{800}\u{FFFF}\u{10000}", "a\u{0}b"] {
      #expect(try view(Array(text.utf8)).isUTF8, "\(text.debugDescription)")
    }
    let bad: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE2, 0x82], [0xE0, 0x9F, 0xBF],
      [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xFF], [0x61, 0xC3, 0x28], [0xE2, 0x28, 0xA1],
    ]
    for bytes in bad { #expect(try !view(bytes).isUTF8, "\(bytes)") }
  }

  /// A whole bundle written by hand: one lookup on one value. No encoder of the runtime is used.
  @Test func aBundleWrittenByHandLoads() throws {
    var file = [UInt8](repeating: 0, count: 1792)
    func put(_ offset: Int, _ values: UInt32...) {
      for (index, value) in values.enumerated() {
        for byte in 0..<4 {
          file[offset + 4 * index + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
        }
      }
    }
    file.replaceSubrange(0..<8, with: [0x89, 0x53, 0x57, 0x4C, 0x0D, 0x0A, 0x1A, 0x0A])
    put(8, 2, 12, 1792, 0, 1792, 0)
    // Start and length of: tensors, operations, operands, quantization, ports, parameters,
    // preprocessing, tasks, labels, provenance, strings, weights.
    let sections: [(UInt32, UInt32)] = [
      (832, 128), (960, 48), (1024, 4), (1088, 8), (1152, 32), (1216, 320), (1536, 0),
      (1536, 32), (1600, 8), (1664, 16), (1728, 6), (1792, 0),
    ]
    for (index, section) in sections.enumerated() {
      let entry = 64 + 64 * index
      put(entry, UInt32(index + 1), 0, section.0, 0, section.1, 0)
    }
    // SHA-256 of no bytes.
    let ofNothing: [UInt32] = [
      0x42c4b0e3, 0x141cfc98, 0xc8f4fb9a, 0x24b96f99, 0xe441ae27, 0x4c939b64, 0x1b9995a4,
      0x55b85278,
    ]
    for (index, word) in ofNothing.enumerated() { put(64 + 64 * 11 + 32 + 4 * index, word) }
    put(832, 1, 1, 1, 1, 0, 1, 0, 1)  // int8, 1 × 1 × 1, quantization 0, named "x"
    put(896, 1, 1, 1, 1, 0, 1, 1, 1)  // the same, named "y"
    // Lookup, operands from 0, one of them, output tensor 1, no name, its record at 0 of 256 bytes.
    put(960, 10, 0, 1, 1, 0, 0, 0, 0, 256, 0)
    put(1024, 0)  // reads tensor 0
    put(1088, 0x3F80_0000, 0)  // scale 1, zero point 0
    put(1152, 0, 0, 0, 1)  // input "x": tensor 0
    put(1168, 1, 1, 1, 1)  // output "y": tensor 1
    for index in 0..<256 { file[1216 + index] = UInt8(255 - index) }
    put(1216 + 256, 0, 1, 0, 1)  // output 0 is classes, softmax, one label from 0 on
    put(1536, 1, 0, 256, 0, 64, 0)  // a task of classes, its record at 256 of 64 bytes
    put(1600, 2, 3)  // label "cat"
    put(1664, 2, 1, 3, 2)  // provenance "c" is "at"
    file.replaceSubrange(1728..<1734, with: Array("xycat!".utf8))
    let model = try load(BundleBuilder.signed(file)).get()
    try model.verifyContents()

    let interpreter = try Interpreter(model)
    fill(interpreter, 0, [-28])
    interpreter.run()
    #expect(bytes(interpreter, 1) == [Int8(truncatingIfNeeded: 255 - 100)])
    func text(_ view: ByteView) -> String {
      view.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
    #expect(text(model.tensor(1).name) == "y" && text(model.label(0)) == "cat")
    #expect(text(model.provenance(0).key) == "c" && text(model.provenance(0).value) == "at")
    #expect(text(model.outputs[0].name) == "y" && model.outputs[0].tensor == 1)
    #expect(
      model.tasks == [.classes(ClassesTask(output: 0, activation: .softmax, labels: 0..<1))])
    #expect(try model.arenaLength == 64 + 64 + 64)
  }
}
