import SwiftletDigest

@testable import SwiftletRuntime

/// Writes bundles from the specification, independently of the converter. The header and the
/// section table are laid out here with the specification's own numbers.
struct BundleBuilder {
  private(set) var tensors: [UInt8] = []
  private(set) var operations: [UInt8] = []
  private(set) var operands: [UInt8] = []
  private(set) var quantization: [UInt8] = []
  private(set) var ports: [UInt8] = []
  private(set) var parameters: [UInt8] = []
  private(set) var weights: [UInt8] = []
  private(set) var strings: [UInt8] = []
  var preprocessing: [UInt8] = []
  private(set) var labels: [UInt8] = []
  private(set) var tasks: [UInt8] = []
  private(set) var provenance: [UInt8] = []

  /// Appends a string and returns its range.
  mutating func string(_ text: String) -> StringRange {
    let range = StringRange(offset: UInt32(strings.count), length: UInt32(text.utf8.count))
    strings += text.utf8
    return range
  }

  /// Appends a tensor and returns its index. Several zero points make it per channel.
  mutating func tensor(
    _ height: Int, _ width: Int, _ channels: Int, scale: Float = 0.5, zeroPoints: [Int] = [0]
  ) -> Int {
    let index = tensors.count / 64
    let first = quantization.count / 8
    for zeroPoint in zeroPoints {
      quantization += QuantizationRecord(scale: scale, zeroPoint: Int32(zeroPoint)).encoded()
    }
    tensors += TensorRecord(
      height: UInt32(height), width: UInt32(width), channels: UInt32(channels),
      quantizationIndex: UInt32(first), quantizationCount: UInt32(zeroPoints.count),
      name: string("t\(index)"), source: string("layer.\(index)")
    ).encoded()
    return index
  }

  /// Appends a tensor that has the quantization records of another one.
  mutating func tensor(
    _ height: Int, _ width: Int, _ channels: Int, sharingQuantizationOf other: Int
  ) -> Int {
    let index = tensor(height, width, channels)
    quantization.removeLast(8)
    // Index and count are the fourth and fifth number of a record.
    tensors.replaceSubrange(
      (64 * index + 16)..<(64 * index + 24), with: tensors[(64 * other + 16)..<(64 * other + 24)])
    return index
  }

  /// Names a tensor as input or output. Inputs must come first.
  mutating func port(_ name: String, _ tensor: Int, isOutput: Bool) {
    ports += PortRecord(isOutput: isOutput, tensor: UInt32(tensor), name: string(name)).encoded()
  }

  mutating func label(_ text: String) { labels += string(text).encoded() }

  mutating func provenance(_ key: String, _ value: String) {
    provenance += KeyValueRecord(key: string(key), value: string(value)).encoded()
  }

  /// Appends an operation; `edit` sets the fields it needs.
  mutating func operation(
    _ kind: OperationKind, _ inputs: [Int], _ output: Int,
    _ edit: (inout OperationFields) -> Void = { _ in }
  ) {
    var fields = OperationFields()
    edit(&fields)
    let name = string("op\(operations.count / 48)")
    let record = fields.record(kind)
    operations += littleEndian(kind.rawValue) + littleEndian(UInt32(operands.count / 4))
    operations += littleEndian(UInt32(inputs.count)) + littleEndian(UInt32(output))
    operations += littleEndian(name.offset) + littleEndian(name.length)
    operations += littleEndian(parameters(record)) + littleEndian(UInt64(record.count))
    operations += littleEndian(UInt64(0))
    for input in inputs { operands += littleEndian(UInt32(input)) }
  }

  /// Appends a task, whose parameter record is `record`.
  mutating func task(_ kind: Int, _ record: [UInt8]) {
    tasks += littleEndian(UInt32(kind)) + littleEndian(UInt32(0))
    tasks += littleEndian(parameters(record)) + littleEndian(UInt64(record.count))
    tasks += littleEndian(UInt64(0))
  }

  /// Appends bytes to the parameters section and returns their offset.
  private mutating func parameters(_ bytes: [UInt8]) -> UInt64 {
    let offset = roundUp(parameters.count)
    parameters += [UInt8](repeating: 0, count: offset - parameters.count) + bytes
    return UInt64(offset)
  }

  /// Appends bytes to the weights section and returns their offset.
  mutating func weights(_ values: [Int8]) -> UInt64 {
    let offset = roundUp(weights.count)
    weights += [UInt8](repeating: 0, count: offset - weights.count)
    weights += values.map { UInt8(bitPattern: $0) }
    return UInt64(offset)
  }

  /// The finished file.
  func build() -> [UInt8] {
    let sections = [
      tensors, operations, operands, quantization, ports, parameters, preprocessing, tasks,
      labels, provenance, strings, weights,
    ]
    var table: [UInt8] = []
    var body: [UInt8] = []
    var metadataLength = 0
    for (index, section) in sections.enumerated() {
      body += [UInt8](repeating: 0, count: roundUp(body.count) - body.count)
      let start = 64 + 12 * 64 + body.count
      if index == 11 { metadataLength = start }
      table += littleEndian(UInt32(index + 1)) + [0, 0, 0, 0]
      table += littleEndian(UInt64(start)) + littleEndian(UInt64(section.count))
      table += [UInt8](repeating: 0, count: 8)
      table += index == 11 ? digest(section) : [UInt8](repeating: 0, count: 32)
      body += section
    }
    var header: [UInt8] = [0x89, 0x53, 0x57, 0x4C, 0x0D, 0x0A, 0x1A, 0x0A]
    header += littleEndian(UInt32(2)) + littleEndian(UInt32(12))
    header += littleEndian(UInt64(64 + table.count + body.count))
    header += littleEndian(UInt64(metadataLength))
    let file = header + [UInt8](repeating: 0, count: 32) + table + body
    return BundleBuilder.signed(file)
  }

  /// The file with the digest of its metadata recomputed, as an attacker would.
  static func signed(_ file: [UInt8]) -> [UInt8] {
    var file = file
    let metadataLength = (0..<8).reduce(0) { $0 | Int(file[24 + $1]) << (8 * $1) }
    file.replaceSubrange(32..<64, with: digest(Array(file[0..<32] + file[64..<metadataLength])))
    return file
  }

  private func roundUp(_ count: Int) -> Int { (count + 63) / 64 * 64 }
}

/// The bytes of an integer, lowest first.
func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> Value(8 * $0)) }
}

func digest(_ bytes: [UInt8]) -> [UInt8] {
  var hash = SHA256()
  bytes.withUnsafeBytes { hash.update($0) }
  return hash.finish()
}

/// Loads a bundle from memory, or says why not.
func load(_ bytes: [UInt8], checksDigest: Bool = true) -> Result<Model, BundleError> {
  let file = bytes.withUnsafeBytes { buffer in
    Result { () throws(BundleError) in try MappedFile(copying: buffer) }
  }
  return Result { () throws(BundleError) in
    try Model(try file.get(), checksDigest: checksDigest)
  }
}

/// The bytes of a tensor after a run.
func bytes(_ interpreter: Interpreter, _ tensor: Int) -> [Int8] {
  interpreter.withTensor(tensor) { Array($0) }
}

/// Fills input `index`.
func fill(_ interpreter: Interpreter, _ index: Int, _ values: [Int8]) {
  interpreter.withInput(index) { input in
    precondition(input.count == values.count)
    for position in 0..<values.count { input[position] = values[position] }
  }
}
