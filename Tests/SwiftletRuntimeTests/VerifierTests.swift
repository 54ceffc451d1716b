import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

@Suite struct VerifierTests {
  @Test(arguments: BadField.all) func badFieldsAreRefusedByName(_ field: BadField) {
    var bytes = SampleNetwork().bytes
    let entry = 64 + 64 * (Int(field.section.rawValue) - 1)
    let start = (0..<8).reduce(0) { $0 | Int(bytes[entry + 8 + $1]) << (8 * $1) }
    for (index, byte) in field.value.enumerated() { bytes[start + field.offset + index] = byte }
    switch load(BundleBuilder.signed(bytes)) {
    case .success: Issue.record("accepted")
    case .failure(let error):
      #expect(error.description.contains(field.says), "\(error.description)")
    }
  }

  @Test func badHeadersAreRefused() {
    let bad: [(offset: Int, value: UInt8, says: String)] = [
      (0, 0x88, "is not a Swiftlet bundle"),
      (8, 1, "version 1, which is no longer read; convert the network again"),
      (8, 3, "version 3; this program reads version 2"),
      (12, 11, "section count is 11"),
      (16, 0xFF, "expected"),
      (24, 0x21, "metadata length"),
      (31, 0x80, "metadata length"),
      (64, 2, "section 'tensors': kind is 2"),
      (68, 1, "section 'tensors': reserved bytes"),
      (72, 1, "section 'tensors': start"),
      (95, 1, "section 'tensors': reserved bytes"),
      (96, 1, "section 'tensors': reserved bytes"),
      (86, 0x7F, "section 'tensors': length"),
      (87, 0x80, "section 'tensors': length"),
      (64 + 64 * 11 + 16, 1, "section 'weights': length"),
      (64 + 64 * 2 + 16, 63, "section 'operands': length is 63"),
    ]
    for (offset, value, says) in bad {
      var bytes = SampleNetwork().bytes
      bytes[offset] = value
      // The digest is not what refuses these.
      switch load(bytes, checksDigest: false) {
      case .success: Issue.record("accepted \(value) at \(offset)")
      case .failure(let error):
        #expect(error.description.contains(says), "\(error.description)")
      }
    }
  }

  @Test func verifyingContentsFindsWhatLoadingMayNot() throws {
    let sample = SampleNetwork()
    let model = try load(sample.bytes).get()
    try model.verifyContents()

    /// Changes one byte, recomputes both digests and verifies.
    func verify(_ position: Int, _ value: UInt8) throws -> BundleError? {
      var bytes = sample.bytes
      bytes[position] = value
      let entry = 64 + 64 * 11 + 32
      bytes.replaceSubrange(
        entry..<(entry + 32), with: digest(Array(bytes[sample.metadataLength...])))
      switch verifyContents(try load(BundleBuilder.signed(bytes)).get()) {
      case .success: return nil
      case .failure(let error): return error
      }
    }

    let weights = sample.metadataLength
    // Channel 0, tap 0, input 0 of the first convolution.
    guard case .weight(operation: 0, offset: 0, found: -128, _)? = try verify(weights, 0x80) else {
      Issue.record("a weight of −128 was not found")
      return
    }
    let other: UInt8 = sample.bytes[weights] == 5 ? 6 : 5
    guard case .channel(operation: 0, channel: 0, _, _, _)? = try verify(weights, other) else {
      Issue.record("a wrong 128·Σw was not found")
      return
    }
    // The input has 3 channels: the fourth byte is padding, and so is channel 2.
    for (offset, name) in [(3, "input channel"), (2 * 4, "output channel")] {
      guard
        case .weight(operation: 0, offset: offset, found: 1, _)? = try verify(weights + offset, 1)
      else {
        Issue.record("a weight in the padding of the \(name) was not found")
        return
      }
    }
    // The highest byte of channel 1's bias.
    let entry = 64 + 64 * 5
    let parameters = (0..<8).reduce(0) { $0 | Int(sample.bytes[entry + 8 + $1]) << (8 * $1) }
    for value: UInt8 in [0x40, 0x7F, 0x80, 0xBF] {
      guard
        case .accumulator(operation: 0, channel: 1, let bound)? = try verify(
          parameters + 128 + 7, value)
      else {
        Issue.record("a sum of 2³⁰ was not found")
        return
      }
      #expect(bound >= 1 << 30 && bound < 1 << 33)
    }
  }

  @Test func quotasComeBeforeAllocations() throws {
    // 41 tensors of 2²⁵ bytes that are all alive at once would need 1.3 GiB.
    var builder = BundleBuilder()
    let x = builder.tensor(32, 1024, 1024)
    let others = (0..<40).map { _ in builder.tensor(32, 1024, 1024) }
    builder.port("x", x, isOutput: false)
    for (index, tensor) in others.enumerated() {
      builder.port("y\(index)", tensor, isOutput: true)
    }
    let table = Array([UInt8](repeating: 0, count: 256))
    for tensor in others {
      builder.operation(.lookup, [x], tensor) { $0.arrays = table }
    }
    let model = try load(builder.build()).get()
    let planned = Result { () throws(BundleError) in try Interpreter.arenaLength(of: model) }
    guard case .failure(.limit(let what, _, _)) = planned, what.description == "arena bytes" else {
      Issue.record("an arena of more than 1 GiB was accepted")
      return
    }

    var many = BundleBuilder()
    for _ in 0...BundleLayout.maximumTensors { _ = many.tensor(1, 1, 1) }
    guard case .failure(.limit(_, found: 4097, maximum: 4096)) = load(many.build()) else {
      Issue.record("4097 tensors were accepted")
      return
    }
  }

  @Test func informationIsThatOfTheFile() throws {
    let model = try load(SampleNetwork().bytes).get()
    func text(_ view: ByteView) -> String {
      view.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
    #expect(model.tensorCount == 13 && model.operationCount == 12)
    let input = model.tensor(0)
    #expect(input.height == 3 && input.width == 2 && input.channels == 3)
    #expect(input.quantization(2) == QuantizationRecord(scale: 0.5, zeroPoint: 3))
    #expect(text(input.name) == "t0" && text(input.source) == "layer.0")
    #expect(model.inputs.map { text($0.name) } == ["image"])
    #expect(model.outputs.map { text($0.name) } == ["scores", "gate", "grid"])
    let depthwise = model.operation(1)
    #expect(depthwise.kind == .depthwiseConv2D && depthwise.epilogue == .hardSwish)
    #expect(depthwise.inputs == [1] && depthwise.output == 2 && text(depthwise.name) == "op1")
    #expect(depthwise.macCount == 3 * 2 * 2 * 9 && depthwise.weightsLength == 3 * 1 * 16 * 4)
    #expect(depthwise.window?.kernelHeight == 3 && depthwise.window?.padLeft == 1)
    #expect(model.operation(2).epilogue == .add && model.operation(2).inputs == [2, 1])
    // conv 6·2·4·3, depthwise 12·9, conv 12·2, gate 2·2, scores 3·8.
    #expect(model.macCount == 144 + 108 + 24 + 4 + 24)
    #expect(model.labelCount == 2 && model.provenanceCount == 1)
    #expect(text(model.provenance(0).value) == "sample.safetensors")
    #expect(model.preprocessing?.format == .bgr && input.elementType == .int8)
    #expect(model.tasks.map(\.kind) == [.classes, .vectors, .masks, .boxes])
    #expect(
      model.tasks[0] == .classes(ClassesTask(output: 1, activation: .sigmoid, labels: 0..<2)))
    #expect(model.preprocessing?.resize == 4 && model.preprocessing?.deviation == [1, 2, 3])
    // 4 taps, 3 taps a column, 1 tap, 2 gates, 8 inputs: 64 bytes for each group of 4.
    #expect(model.weightsLength == 64 * (4 + 3 + 1 + 1 + 2))
  }
}
