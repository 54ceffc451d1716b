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

  /// A field of the header of operation `index`.
  private static func header(
    _ index: Int, _ offset: Int, _ value: Int32, _ says: String
  ) -> BadField {
    BadField(.operations, 48 * index + offset, value, says)
  }

  /// A field of the parameter record of operation `index`.
  private static func field(
    _ index: Int, _ offset: Int, _ value: Int32, _ says: String
  ) -> BadField {
    BadField(.parameters, records[index] + offset, value, says)
  }

  // Operations of the sample: 0 conv, 1 depthwise (h-swish), 2 conv (add), 3 global average,
  // 4 fully connected, 5 multiply, 6 add, 7 lookup, 8 copy, 9 average pool, 10 max pool,
  // 11 fully connected; then its tasks: 12 classes, 13 vectors, 14 masks, 15 boxes.

  /// Where their parameter records start.
  private static let records = [
    0, 384, 704, 1088, 1216, 1536, 1600, 1664, 1920, 2432, 2560, 2624, 2944, 3008, 3072, 3136,
  ]

  static let all: [BadField] = tables + headers + fields + copies + constants + images + tasks

  private static let tables: [BadField] = [
    BadField(.tensors, 0, 3, "type is 3, expected 1 (int8)"),
    BadField(.tensors, 0, 2, "type is 2, expected 1 (int8): this program does not run int16"),
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
    BadField(.labels, 4, 1 << 16, "label is"),
    BadField(.provenance, 8, 1 << 20, "value is 1048576"),
    BadField(.strings, 0, byte: 0xFF, "valid UTF-8"),
    BadField(.strings, 1, byte: 0x39, "name"),
  ]

  private static let headers: [BadField] = [
    header(0, 0, 0, "kind is 0"),
    header(0, 0, 255, "kind is 255"),
    header(0, 4, 1000, "operand index is 1000"),
    header(0, 8, 0, "operand count is 0"),
    header(0, 8, 33, "operand count is 33"),
    header(6, 8, 1, "operand count is 1, expected 2"),
    BadField(.operations, 48 * 7 + 4, bytes: words([2, 2]), "operand count is 2, expected 1"),
    header(7, 8, 2, "operand is 8, expected a tensor that an earlier operation"),
    header(0, 12, 13, "output is 13"),
    header(0, 12, 0, "output is 0"),
    header(1, 12, 1, "output is 1"),
    header(0, 20, 1 << 17, "name is 131072"),
    header(0, 24, 32, "parameters offset is 32"),
    header(0, 24, 1 << 20, "parameters offset is 1048576"),
    header(0, 28, -1, "parameters offset is"),
    header(0, 32, 1 << 20, "parameters offset is 0, expected a record within"),
    header(0, 36, -1, "parameters offset is 0, expected a record within"),
    header(0, 32, 128, "parameters length is 128, expected as many bytes"),
    header(0, 32, 127, "parameters length is 127, expected the length"),
    header(5, 32, 128, "parameters length is 128, expected as many bytes"),
    header(5, 32, 0, "parameters length is 0, expected the length"),
    header(7, 32, 255, "parameters length is 255, expected as many bytes"),
    header(0, 40, 1, "reserved bytes"),
    header(0, 44, 1, "reserved bytes"),
  ]

  private static let fields: [BadField] = [
    field(0, 40, 4, "epilogue is 4"),
    BadField(
      .parameters, 384 + 40, bytes: words([2, 0, 0, 0]), "epilogue is 2, expected 0, 1 or 3"),
    BadField(
      .parameters, 384 + 40, bytes: words([3, 13, 2, 0]), "core shift is 13, expected 0 to 12"),
    BadField(
      .parameters, 384 + 40, bytes: words([3, 12, 8, 0]), "output shift is 8, expected 2 to 7"),
    BadField(.parameters, 384 + 40, bytes: words([3, 12, 7, 2]), "ramp is 2, expected 0 or 1"),
    field(0, 44, 1, "reserved bytes"),
    field(0, 0, 0, "kernel height is 0"),
    field(0, 0, 9, "kernel height is 9"),
    field(0, 4, 4097, "kernel width is 4097"),
    field(0, 8, 0, "stride height is 0"),
    field(0, 8, 2, "computes height 2"),
    field(0, 12, -1, "stride width is 4294967295"),
    field(0, 16, 0, "dilation height is 0"),
    field(0, 24, 4097, "pad top is 4097"),
    field(10, 16, 2, "pad top is 2"),
    field(9, 20, 2, "pad left is 2"),
    field(10, 24, 4, "pad bottom is 4"),
    field(0, 64, 0, "groups is 0"),
    field(0, 64, 2, "groups is 2"),
    field(0, 68, 1, "reserved bytes"),
    field(0, 124, 1, "reserved bytes"),
    field(1, 44, 13, "fraction bits is 13"),
    field(1, 44, -1, "fraction bits is -1"),
    field(1, 48, 1, "output shift is 1"),
    field(1, 48, 8, "output shift is 8"),
    field(1, 52, 1, "reserved bytes"),
    field(2, 44, 1, "reserved bytes"),
    field(2, 52, 1 << 14, "residual multiplier is 16384"),
    field(2, 52, -1, "residual multiplier is -1"),
    field(0, 56, 1, "weights offset is 1"),
    field(0, 56, 1 << 20, "weights offset is 1048576"),
    field(0, 60, -1, "weights offset is"),
    field(3, 4, 128, "hi is 128"),
    field(3, 8, 1, "reserved bytes"),
    field(4, 24, 1, "reserved bytes"),
    field(5, 0, 16383, "multiplier is 16383"),
    field(5, 4, 1, "output shift is 1"),
    field(5, 16, 1, "reserved bytes"),
    field(6, 0, 1 << 15, "multiplier a is 32768"),
    field(6, 4, -1, "multiplier b is -1"),
    field(6, 8, 1 << 30, "addend is 1073741824"),
    field(6, 8, Int32.min, "addend is -2147483648"),
    field(6, 12, 21, "output shift is 21"),
    field(6, 16, -129, "lo is -129"),
    field(6, 16, 101, "hi is 100"),
    field(6, 20, 128, "hi is 128"),
    field(6, 24, 1, "reserved bytes"),
    field(9, 32, 2, "counts padding is 2"),
    field(9, 44, 1, "reserved bytes"),
    field(10, 40, 1, "reserved bytes"),
  ]

  private static let copies: [BadField] = [
    field(8, 0, 0, "piece count is 0"),
    field(8, 0, 1025, "piece count is 1025"),
    field(8, 0, 5, "parameters length is 512"),
    field(8, 4, 0, "parameters length is 512"),
    field(8, 4, 3, "table count is 3"),
    field(8, 8, 2, "has fill is 2"),
    field(8, 12, 1, "fill is 1"),
    field(8, 16, 1, "reserved bytes"),
    field(8, 64, 2, "piece operand is 2"),
    field(8, 64, 1, "expected each operand to be read"),
    field(8, 68, 2, "piece table is 2"),
    field(8, 72, 0, "piece rank is 0"),
    field(8, 72, 7, "piece rank is 7"),
    field(8, 76, 1, "source start is 1, expected a piece within its operand"),
    field(8, 80, 1, "expected pieces that write no element of the output twice"),
    field(8, 80, 3, "destination start is 3, expected a piece within the output"),
    field(8, 84, 1, "reserved bytes"),
    field(8, 88, 0, "piece size is 0"),
    field(8, 88, 5, "piece size is 22, expected pieces that write each element"),
    field(8, 88, 1 << 28, "expected no more elements than the output has"),
    field(8, 96, 1, "reserved bytes"),
    field(8, 112, 3, "source start is 0, expected a piece within its operand"),
    field(8, 120, 1, "reserved bytes"),
    field(8, 136, 5, "destination start is 0, expected a piece within the output"),
    field(8, 144, 1, "reserved bytes"),
    field(8, 64 + 96 + 4, 0, "expected each table to be used"),
  ]

  private static let constants: [BadField] = [
    // The first channel block: two real channels.
    BadField(.parameters, 128 + 129, byte: 0x80, "channel 0: multiplier"),
    BadField(.parameters, 128 + 131, byte: 0x3F, "channel 1: multiplier"),
    BadField(.parameters, 128 + 132, byte: 1, "padding"),
    BadField(.parameters, 128 + 160, byte: 1, "second multiplier is 1, expected 0"),
    BadField(.parameters, 128 + 192, byte: 25, "shift is 25"),
    BadField(.parameters, 128 + 192, byte: -8, "shift is -8"),
    BadField(.parameters, 128 + 208, byte: 127, "lo is 127"),
    BadField(.parameters, 128 + 2 * 4, byte: 1, "channel 2: padding"),
    BadField(.parameters, 128 + 255, byte: 1, "channel 15: padding"),
    // The second is for h-swish, the fourth array is the mean entry.
    BadField(.parameters, 448 + 161, byte: 0x80, "second multiplier"),
    BadField(.parameters, 448 + 240, byte: 1, "zero point is 1"),
    BadField(.parameters, 1152 + 3, byte: 0x40, "mean entry bias"),
    BadField(.parameters, 1152 + 5, byte: 0x20, "mean entry multiplier"),
    BadField(.parameters, 1152 + 6, byte: 25, "mean entry shift is 25"),
    BadField(.parameters, 1152 + 7, byte: 1, "mean entry reserved byte is 1"),
  ]

  private static let images: [BadField] = [
    BadField(.preprocessing, 0, 1, "input is 1"),
    BadField(.preprocessing, 4, 0, "format is 0"),
    BadField(.preprocessing, 4, 5, "format is 5"),
    BadField(.preprocessing, 4, 1, "reserved bytes"),
    BadField(.preprocessing, 8, -1, "resize is 4294967295"),
    BadField(.preprocessing, 12, 4, "crop height is 4"),
    BadField(.preprocessing, 16, 1, "crop width is 1"),
    BadField(.preprocessing, 20, 3, "interpolation is 3"),
    BadField(.preprocessing, 24, 0x7FC0_0000, "mean (as bits)"),
    BadField(.preprocessing, 36, 1, "reserved bytes"),
    BadField(.preprocessing, 40, 0, "deviation (as bits) is 0"),
    BadField(.preprocessing, 52, 1, "reserved bytes"),
    BadField(.preprocessing, 56, 1, "reserved bytes"),
    BadField(.preprocessing, 64 + 768, 1, "reserved bytes"),
  ]

  private static let tasks: [BadField] = [
    BadField(.tasks, 0, 0, "kind is 0"),
    BadField(.tasks, 0, 5, "kind is 5"),
    BadField(.tasks, 4, 1, "reserved bytes"),
    BadField(.tasks, 8, 32, "parameters offset is 32"),
    BadField(.tasks, 16, 128, "parameters length is 128, expected 64"),
    BadField(.tasks, 24, 1, "reserved bytes"),
    field(12, 0, 3, "output is 3"),
    field(12, 4, 3, "activation is 3"),
    field(12, 8, 3, "first label is 3"),
    field(12, 12, 1, "label count is 1, expected 0, or one label a class"),
    field(12, 12, 3, "label count is 3, expected labels within"),
    field(12, 16, 1, "reserved bytes"),
    field(13, 0, -1, "output is 4294967295"),
    field(13, 4, 2, "is normalized is 2"),
    field(13, 8, 1, "reserved bytes"),
    field(14, 0, 3, "output is 3"),
    field(14, 4, -1, "activation is 4294967295"),
    field(14, 12, 2, "label count is 2"),
    field(14, 60, 1, "reserved bytes"),
    BadField(.tasks, 3 * 32 + 16, 64, "parameters length is 64"),
    field(15, 0, 1, "input is 1"),
    field(15, 4, 0, "box coding is 0"),
    field(15, 4, 7, "box coding is 7"),
    field(15, 8, 2, "component order is 2"),
    field(15, 12, 2, "bin count is 2"),
    field(15, 16, 3, "class activation is 3"),
    field(15, 20, 1, "objectness activation is 1"),
    field(15, 24, 2, "has background is 2"),
    field(15, 28, 0, "maximum boxes is 0"),
    field(15, 36, 1, "label count is 1"),
    field(15, 40, 0, "level count is 0"),
    field(15, 40, 33, "level count is 33"),
    field(15, 40, 2, "parameters length is 176"),
    field(15, 44, 0, "parameters length is 176"),
    field(15, 48, 0x7FC0_0000, "score threshold (as bits)"),
    field(15, 52, 0x4000_0000, "overlap threshold (as bits)"),
    field(15, 56, -1, "grid offset (as bits)"),
    field(15, 60, 0, "variance (as bits) is 0"),
    field(15, 76, 1, "reserved bytes"),
    field(15, 128, 0, "boxes is 0"),
    field(15, 128, 4, "boxes is 4"),
    field(15, 128, 1, "channels of the boxes is 3"),
    field(15, 132, 1, "channels of the objectness is 3"),
    field(15, 136, 0, "classes is 0, expected an output of classes or of objectness"),
    field(15, 136, 1, "channels of the classes is 3"),
    field(15, 140, 0, "stride height is 0"),
    field(15, 144, 1 << 21, "stride width is 2097152"),
    field(15, 148, 0, "anchor count is 0"),
    field(15, 148, 2, "anchor count is 2"),
    field(15, 152, 1, "reserved bytes"),
    field(15, 160, 0x7F80_0000, "anchor centre (as bits)"),
    field(15, 168, -0x4080_0000, "anchor width (as bits)"),
  ]
}
