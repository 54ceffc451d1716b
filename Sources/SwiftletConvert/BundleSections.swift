import SwiftletDigest
import SwiftletRuntime

/// The contents of a bundle while it is put together, and their encoding.
struct BundleSections: Sendable {
  private(set) var tensors: [TensorRecord] = []
  private(set) var operations: [OperationRecord] = []
  private(set) var operands: [UInt32] = []
  private(set) var quantization: [QuantizationRecord] = []
  private(set) var ports: [PortRecord] = []
  private(set) var parameters: [UInt8] = []
  private(set) var weights: [UInt8] = []
  private var strings: [UInt8] = []
  private var knownStrings: [String: StringRange] = [:]
  private var labels: [StringRange] = []
  private var provenance: [KeyValueRecord] = []
  private var preprocessing: PreprocessingRecord?

  /// The place of `text` in the strings section; equal texts share one.
  mutating func string(_ text: String) -> StringRange {
    if let known = knownStrings[text] { return known }
    let bytes = Array(text.utf8)
    let range = StringRange(offset: UInt32(strings.count), length: UInt32(bytes.count))
    strings += bytes
    knownStrings[text] = range
    return range
  }

  /// Adds a tensor with one record of quantization, or one per channel, and returns its index.
  mutating func addTensor(
    height: Int, width: Int, channels: Int, quantization records: [QuantizationRecord],
    name: String,
    source: String
  ) -> UInt32 {
    let first = quantization.count
    quantization += records
    tensors.append(
      TensorRecord(
        height: UInt32(height), width: UInt32(width), channels: UInt32(channels),
        quantizationIndex: UInt32(first), quantizationCount: UInt32(records.count),
        name: string(name), source: string(source)))
    return UInt32(tensors.count - 1)
  }

  /// Appends `operation`, filling in operands, output and name.
  mutating func addOperation(
    _ operation: OperationRecord, name: String, inputs: [UInt32], output: UInt32
  ) {
    var record = operation
    record.operandIndex = UInt32(operands.count)
    record.operandCount = UInt32(inputs.count)
    record.output = output
    record.name = string(name)
    operands += inputs
    operations.append(record)
  }

  mutating func addPort(_ name: String, isOutput: Bool, tensor: UInt32) {
    ports.append(PortRecord(isOutput: isOutput, tensor: tensor, name: string(name)))
  }

  /// Appends packed weights and returns their offset.
  mutating func addWeights(_ packed: [Int8]) -> UInt64 {
    let offset = weights.count
    weights += packed.map { UInt8(bitPattern: $0) }
    Self.pad(&weights)
    return UInt64(offset)
  }

  /// Appends channel blocks, mean entries or tables and returns their offset.
  mutating func addParameters(_ bytes: [UInt8]) -> UInt64 {
    let offset = parameters.count
    parameters += bytes
    Self.pad(&parameters)
    return UInt64(offset)
  }

  mutating func setLabels(_ names: [String]) {
    labels = names.map { string($0) }
  }

  mutating func setProvenance(_ pairs: [(key: String, value: String)]) {
    provenance = pairs.map { KeyValueRecord(key: string($0.key), value: string($0.value)) }
  }

  mutating func setPreprocessing(_ record: PreprocessingRecord?) {
    preprocessing = record
  }

  /// The whole file.
  func encoded() -> [UInt8] {
    let kinds = SectionKind.allCases
    var file = [UInt8](
      repeating: 0,
      count: BundleLayout.headerLength + kinds.count * BundleLayout.sectionEntryLength)
    var metadataLength = 0
    for (index, kind) in kinds.enumerated() {
      let body = bytes(of: kind)
      Self.pad(&file)
      if kind == .weights { metadataLength = file.count }
      let entry = BundleLayout.headerLength + index * BundleLayout.sectionEntryLength
      Self.store(kind.rawValue, in: &file, at: entry + BundleLayout.sectionKindOffset)
      Self.store(UInt64(file.count), in: &file, at: entry + BundleLayout.sectionStartOffset)
      Self.store(UInt64(body.count), in: &file, at: entry + BundleLayout.sectionLengthOffset)
      if kind == .weights {
        let digest = Self.digest(body[...])
        for byte in 0..<32 { file[entry + BundleLayout.sectionDigestOffset + byte] = digest[byte] }
      }
      file += body
    }
    finishHeader(&file, sections: kinds.count, metadataLength: metadataLength)
    return file
  }

  private func bytes(of kind: SectionKind) -> [UInt8] {
    switch kind {
    case .tensors: tensors.flatMap { $0.encoded() }
    case .operations: operations.flatMap { $0.encoded() }
    case .operands: operands.flatMap { Self.littleEndian($0) }
    case .quantization: quantization.flatMap { $0.encoded() }
    case .ports: ports.flatMap { $0.encoded() }
    case .parameters: parameters
    case .preprocessing: preprocessing?.encoded() ?? []
    case .labels: labels.flatMap { $0.encoded() }
    case .provenance: provenance.flatMap { $0.encoded() }
    case .strings: strings
    case .weights: weights
    }
  }

  private func finishHeader(_ file: inout [UInt8], sections: Int, metadataLength: Int) {
    for (index, byte) in BundleLayout.magic.enumerated() { file[index] = byte }
    Self.store(BundleLayout.version, in: &file, at: BundleLayout.versionOffset)
    Self.store(UInt32(sections), in: &file, at: BundleLayout.sectionCountOffset)
    Self.store(UInt64(file.count), in: &file, at: BundleLayout.fileLengthOffset)
    Self.store(UInt64(metadataLength), in: &file, at: BundleLayout.metadataLengthOffset)
    let covered =
      file[..<BundleLayout.digestOffset] + file[BundleLayout.headerLength..<metadataLength]
    let digest = Self.digest(covered)
    for byte in 0..<32 { file[BundleLayout.digestOffset + byte] = digest[byte] }
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }

  private static func pad(_ bytes: inout [UInt8]) {
    while bytes.count % BundleLayout.alignment != 0 { bytes.append(0) }
  }

  private static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func store<Value: FixedWidthInteger>(
    _ value: Value, in bytes: inout [UInt8], at offset: Int
  ) {
    for (index, byte) in littleEndian(value).enumerated() { bytes[offset + index] = byte }
  }
}
