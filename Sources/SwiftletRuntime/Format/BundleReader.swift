import SwiftletDigest

#if _endian(big)
  #error("bundles are used as they stand in the file, which is little-endian")
#endif

/// Reads the header and the section table: after `init` every section lies within the file and the
/// metadata are the bytes that were written.
struct BundleReader {
  private let sections: [ByteView]

  /// Reads `file`. `checksDigest` false is for tests of the checks behind the digest.
  init(_ file: MappedFile, checksDigest: Bool = true) throws(BundleError) {
    let bytes = ByteView(file)
    let metadataLength = try Self.readHeader(bytes)
    if checksDigest { try Self.checkDigest(bytes, metadataLength: metadataLength) }

    var sections: [ByteView] = []
    sections.reserveCapacity(SectionKind.allCases.count)
    var end = Self.tablesEnd
    for kind in SectionKind.allCases {
      let section = try Self.readEntry(kind, bytes, after: end, metadataLength: metadataLength)
      sections.append(section)
      end = section.start + section.count
    }
    self.sections = sections
  }

  /// The bytes of a section.
  func section(_ kind: SectionKind) -> ByteView {
    sections[Int(kind.rawValue) - 1]
  }

  /// A parameter record: `length` bytes of the parameters section, from `offset` on.
  func parameters(
    offset: UInt64, length: UInt64, _ check: RecordCheck
  ) throws(BundleError) -> ByteView {
    let section = section(.parameters)
    let (start, count) = (Int(clamping: offset), Int(clamping: length))
    try check.require(
      offset % UInt64(BundleLayout.alignment) == 0, "parameters offset", start, "a multiple of 64")
    try check.require(
      start <= section.count && count <= section.count - start, "parameters offset", start,
      "a record within the parameters section")
    return section.slice(start, count)
  }

  /// Whether the weights' bytes have the digest that the section table states.
  static func weightsDigestMatches(_ file: MappedFile, weights: ByteView) -> Bool {
    let entry =
      BundleLayout.headerLength
      + BundleLayout.sectionEntryLength * (Int(SectionKind.weights.rawValue) - 1)
    let stated = ByteView(file).slice(entry + BundleLayout.sectionDigestOffset, 32)
    var hash = SHA256()
    weights.withUnsafeBytes { hash.update($0) }
    return Self.equal(hash.finish(), stated)
  }

  /// Where the section table ends.
  static let tablesEnd =
    BundleLayout.headerLength + BundleLayout.sectionEntryLength * SectionKind.allCases.count

  private static func readHeader(_ bytes: ByteView) throws(BundleError) -> Int {
    if bytes.count < BundleLayout.magic.count { throw .notABundle }
    for index in 0..<BundleLayout.magic.count where bytes[index] != BundleLayout.magic[index] {
      throw .notABundle
    }
    if bytes.count < tablesEnd {
      throw .wrongLength(expected: UInt64(tablesEnd), found: UInt64(bytes.count))
    }
    let version = bytes.load(UInt32.self, at: BundleLayout.versionOffset)
    if version != BundleLayout.version { throw .unsupportedVersion(found: version) }
    let fileLength = bytes.load(UInt64.self, at: BundleLayout.fileLengthOffset)
    if fileLength != UInt64(bytes.count) {
      throw .wrongLength(expected: fileLength, found: UInt64(bytes.count))
    }
    let sectionCount = bytes.load(UInt32.self, at: BundleLayout.sectionCountOffset)
    if sectionCount != UInt32(SectionKind.allCases.count) {
      throw .header(
        field: "section count", found: UInt64(sectionCount), expected: "12")
    }
    let metadataLength = bytes.load(UInt64.self, at: BundleLayout.metadataLengthOffset)
    if metadataLength < UInt64(tablesEnd) || metadataLength > UInt64(bytes.count)
      || metadataLength % UInt64(BundleLayout.alignment) != 0
    {
      throw .header(
        field: "metadata length", found: metadataLength,
        expected: "a multiple of 64 between the end of the section table and of the file")
    }
    return Int(metadataLength)
  }

  private static func checkDigest(_ bytes: ByteView, metadataLength: Int) throws(BundleError) {
    var hash = SHA256()
    bytes.slice(0, BundleLayout.digestOffset).withUnsafeBytes { hash.update($0) }
    bytes.slice(BundleLayout.headerLength, metadataLength - BundleLayout.headerLength)
      .withUnsafeBytes { hash.update($0) }
    if !equal(hash.finish(), bytes.slice(BundleLayout.digestOffset, 32)) {
      throw .digestMismatch(.metadata)
    }
  }

  private static func readEntry(
    _ kind: SectionKind, _ bytes: ByteView, after end: Int, metadataLength: Int
  ) throws(BundleError) -> ByteView {
    let position =
      BundleLayout.headerLength + BundleLayout.sectionEntryLength * (Int(kind.rawValue) - 1)
    let entry = bytes.slice(position, BundleLayout.sectionEntryLength)
    let found = entry.load(UInt32.self, at: BundleLayout.sectionKindOffset)
    if found != kind.rawValue {
      throw .section(
        kind, field: "kind", found: UInt64(found), expected: "each kind once, in ascending order")
    }
    let isWeights = kind == .weights
    let reserved = entry.slice(4, 4).isZero && entry.slice(24, 8).isZero
    if !reserved || !(isWeights || entry.slice(BundleLayout.sectionDigestOffset, 32).isZero) {
      throw .section(kind, field: "reserved bytes", found: 1, expected: "zeros")
    }

    let start = entry.load(UInt64.self, at: BundleLayout.sectionStartOffset)
    let expectedStart = CheckedArithmetic.roundUp(end, to: BundleLayout.alignment)
    if start != UInt64(expectedStart) || (isWeights && expectedStart != metadataLength) {
      throw .section(
        kind, field: "start", found: start,
        expected: "the first multiple of 64 after the section before")
    }
    let limit = isWeights ? bytes.count : metadataLength
    let length = entry.load(UInt64.self, at: BundleLayout.sectionLengthOffset)
    if expectedStart > limit || length > UInt64(limit - expectedStart) {
      throw .section(kind, field: "length", found: length, expected: "to end within the file")
    }
    if isWeights && length != UInt64(limit - expectedStart) {
      throw .section(kind, field: "length", found: length, expected: "to end with the file")
    }
    if !bytes.slice(end, expectedStart - end).isZero {
      throw .section(kind, field: "bytes before the start", found: 1, expected: "zeros")
    }
    return bytes.slice(expectedStart, Int(length))
  }

  private static func equal(_ digest: [UInt8], _ stated: ByteView) -> Bool {
    var difference: UInt8 = 0
    for index in 0..<digest.count { difference |= digest[index] ^ stated[index] }
    return difference == 0
  }
}
