import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// One field of the sample network set to a value that must be refused.
struct BadField: CustomTestStringConvertible, Sendable {
  let section: SectionKind
  /// From the section's start.
  let offset: Int
  let value: [UInt8]
  /// What the sentence must contain.
  let says: String

  var testDescription: String { "\(section) + \(offset) = \(value): \(says)" }

  init(_ section: SectionKind, _ offset: Int, _ value: Int32, _ says: String) {
    (self.section, self.offset, self.says) = (section, offset, says)
    self.value = littleEndian(value)
  }

  init(_ section: SectionKind, _ offset: Int, byte: Int, _ says: String) {
    self.init(section, offset, bytes: [UInt8(truncatingIfNeeded: byte)], says)
  }

  init(_ section: SectionKind, _ offset: Int, bytes: [UInt8], _ says: String) {
    (self.section, self.offset, self.says) = (section, offset, says)
    value = bytes
  }

  /// The offset of a field of operation `index`.
  private static func field(_ index: Int, _ offset: Int, _ value: Int32, _ says: String) -> BadField
  {
    BadField(.operations, 128 * index + offset, value, says)
  }

  // Operations of the sample: 0 conv, 1 depthwise (h-swish), 2 conv (add), 3 global average,
  // 4 fully connected, 5 multiply, 6 add, 7 lookup, 8 concat, 9 average pool, 10 max pool,
  // 11 fully connected.
  static let all: [BadField] = [
    BadField(.tensors, 0, 2, "type is 2"),
    BadField(.tensors, 4, 0, "height is 0"),
    BadField(.tensors, 8, 1 << 21, "width is 2097152"),
    BadField(.tensors, 12, 0, "channels is 0"),
    BadField(.tensors, 12, 1 << 20, "weights offset is 0, expected an array within"),
    BadField(.tensors, 16, 13, "quantization index is 13"),
    BadField(.tensors, 20, 2, "quantization count is 2"),
    BadField(.tensors, 24, 1 << 20, "name is 1048576"),
    BadField(.tensors, 28, 1 << 17, "name is 131072"),
    BadField(.tensors, 40, 1, "reserved bytes"),
    BadField(.quantization, 0, 0, "scale (as bits) is 0"),
    BadField(.quantization, 0, 0x7F80_0000, "scale (as bits)"),
    BadField(.quantization, 0, -1, "scale (as bits)"),
    BadField(.quantization, 4, 128, "zero point is 128"),
    BadField(.quantization, 4, -129, "zero point is -129"),
    BadField(.quantization, 8 * 5 + 4, -127, "zero point of the second operand is -127"),
    BadField(.quantization, 8 * 2 + 4, -4, "zero point is -5"),
    BadField(.ports, 0, 1, "section 'ports'"),
    BadField(.ports, 16, 2, "direction is 2"),
    BadField(.ports, 20, 13, "tensor is 13"),
    BadField(.operands, 0, 13, "operand is 13"),
    BadField(.operands, 0, 2, "operand is 2, expected a tensor that an earlier operation"),
    field(0, 0, 0, "kind is 0"),
    field(0, 0, 11, "kind is 11"),
    field(0, 4, 3, "epilogue is 3"),
    field(1, 4, 2, "epilogue is 2, expected 0 or 1"),
    field(9, 4, 1, "epilogue is 1, expected 0"),
    field(0, 8, 1000, "operand index is 1000"),
    field(0, 12, 0, "operand count is 0"),
    field(0, 12, 33, "operand count is 33"),
    field(6, 12, 1, "operand count is 1, expected 2"),
    BadField(
      .operations, 128 * 7 + 8, bytes: littleEndian(UInt32(2)) + littleEndian(UInt32(2)),
      "operand count is 2, expected 1"),
    field(7, 12, 2, "operand is 8, expected a tensor that an earlier operation"),
    field(0, 16, 13, "output is 13"),
    field(0, 16, 0, "output is 0"),
    field(1, 16, 1, "output is 1"),
    field(0, 28, 1, "flags is 1"),
    field(8, 28, 4, "flags is 4"),
    field(9, 28, 2, "flags is 2"),
    field(0, 32, 0, "kernel height is 0"),
    field(0, 32, 9, "kernel height is 9"),
    field(0, 36, 4097, "kernel width is 4097"),
    field(0, 40, 0, "stride height is 0"),
    field(0, 40, 2, "computes height 2"),
    field(0, 44, -1, "stride width is 4294967295"),
    field(0, 48, 0, "dilation height is 0"),
    field(9, 48, 1, "dilation height is 1, expected 0"),
    field(0, 56, 4097, "pad top is 4097"),
    field(10, 56, 2, "pad top is 2"),
    field(9, 60, 2, "pad left is 2"),
    field(10, 64, 4, "pad bottom is 4"),
    field(0, 72, 0, "groups is 0"),
    field(0, 72, 2, "groups is 2"),
    field(1, 72, 1, "groups is 1"),
    field(1, 76, 13, "fraction bits is 13"),
    field(1, 76, -1, "fraction bits is -1"),
    field(1, 80, 1, "output shift is 1"),
    field(1, 80, 8, "output shift is 8"),
    field(5, 80, 1, "output shift is 1"),
    field(6, 80, 21, "output shift is 21"),
    field(2, 84, 1 << 14, "multiplier a is 16384"),
    field(2, 84, -1, "multiplier a is -1"),
    field(5, 84, 16383, "multiplier a is 16383"),
    field(6, 84, 1 << 15, "multiplier a is 32768"),
    field(6, 88, -1, "multiplier b is -1"),
    field(6, 92, 1 << 30, "addend is 1073741824"),
    field(6, 92, Int32.min, "addend is -2147483648"),
    field(0, 96, 1, "weights offset is 1"),
    field(0, 96, 1 << 20, "weights offset is 1048576"),
    field(0, 100, -1, "weights offset is"),
    field(7, 96, 64, "weights offset is 64, expected 0"),
    field(0, 104, 32, "parameters offset is 32"),
    field(7, 104, 1 << 20, "parameters offset is 1048576"),
    field(6, 104, 64, "parameters offset is 64, expected 0"),
    field(6, 112, -129, "lo is -129"),
    field(6, 112, 101, "hi is 100"),
    field(6, 116, 128, "hi is 128"),
    field(0, 112, 1, "lo is 1, expected 0"),
    field(0, 120, 1, "reserved bytes"),
    // The first channel block: two real channels.
    BadField(.parameters, 129, byte: 0x80, "channel 0: multiplier"),
    BadField(.parameters, 131, byte: 0x3F, "channel 1: multiplier"),
    BadField(.parameters, 132, byte: 1, "padding"),
    BadField(.parameters, 160, byte: 1, "h-swish multiplier is 1, expected 0"),
    BadField(.parameters, 192, byte: 25, "shift is 25"),
    BadField(.parameters, 192, byte: -8, "shift is -8"),
    BadField(.parameters, 208, byte: 127, "lo is 127"),
    BadField(.parameters, 2 * 4, byte: 1, "channel 2: padding"),
    BadField(.parameters, 255, byte: 1, "channel 15: padding"),
    // The second is for h-swish, the fourth array is the mean entry.
    BadField(.parameters, 256 + 161, byte: 0x80, "h-swish multiplier"),
    BadField(.parameters, 256 + 240, byte: 1, "zero point is 1"),
    BadField(.parameters, 768 + 3, byte: 0x40, "mean entry bias"),
    BadField(.parameters, 768 + 5, byte: 0x20, "mean entry multiplier"),
    BadField(.parameters, 768 + 6, byte: 25, "mean entry shift is 25"),
    BadField(.parameters, 768 + 7, byte: 1, "mean entry reserved byte is 1"),
    BadField(.preprocessing, 4, 4, "crop height is 4"),
    BadField(.preprocessing, 8, 1, "crop width is 1"),
    BadField(.preprocessing, 12, 3, "interpolation is 3"),
    BadField(.preprocessing, 16, 0x7FC0_0000, "mean (as bits)"),
    BadField(.preprocessing, 28, 0, "deviation (as bits) is 0"),
    BadField(.preprocessing, 40, 1, "reserved bytes"),
    BadField(.labels, 4, 1 << 16, "label is"),
    BadField(.provenance, 8, 1 << 20, "value is 1048576"),
    BadField(.strings, 0, byte: 0xFF, "valid UTF-8"),
    BadField(.strings, 1, byte: 0x39, "name"),
  ]
}

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
      (8, 2, "version 2"),
      (12, 12, "section count is 12"),
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
      (64 + 64 * 10 + 16, 1, "section 'weights': length"),
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
      let entry = 64 + 64 * 10 + 32
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
        case .accumulator(operation: 0, channel: 1, let bound)? = try verify(parameters + 7, value)
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
    let table = builder.parameters([UInt8](repeating: 0, count: 256))
    for tensor in others {
      builder.operation(.lookup, [x], tensor) { $0.parametersOffset = table }
    }
    guard case .failure(.limit(let what, _, _)) = load(builder.build()),
      what.description == "arena bytes"
    else {
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
    #expect(model.outputs.map { text($0.name) } == ["scores", "gate"])
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
    #expect(model.preprocessing?.resize == 4 && model.preprocessing?.deviation == [1, 2, 3])
    // 4 taps, 3 taps a column, 1 tap, 2 gates, 8 inputs: 64 bytes for each group of 4.
    #expect(model.weightsLength == 64 * (4 + 3 + 1 + 1 + 2))
  }
}
