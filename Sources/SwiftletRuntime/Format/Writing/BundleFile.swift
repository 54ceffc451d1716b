import SwiftletDigest

/// The bytes of a finished bundle, in two pieces, so that weights need not be copied.
public struct BundleFile: Sendable {
  /// Header, section table and all sections but the weights.
  public let metadata: [UInt8]
  /// The weights, with which the file ends.
  public let weights: [UInt8]

  /// Bytes of the file.
  public var count: Int { metadata.count + weights.count }

  /// What the file consists of, one after another.
  public var pieces: [[UInt8]] { [metadata, weights] }

  /// Lays out `sections`, all but the weights in the order of their kinds, and signs them.
  init(sections: [[UInt8]], weights: [UInt8]) {
    var body = RecordEncoder()
    var table = RecordEncoder()
    let tablesEnd = BundleReader.tablesEnd
    for (kind, section) in zip(SectionKind.allCases, sections) {
      body.pad(toMultipleOf: BundleLayout.alignment)
      Self.append(kind, start: tablesEnd + body.bytes.count, length: section.count, to: &table)
      table.append([UInt8](repeating: 0, count: 32))
      body.append(section)
    }
    body.pad(toMultipleOf: BundleLayout.alignment)
    let metadataLength = tablesEnd + body.bytes.count
    Self.append(.weights, start: metadataLength, length: weights.count, to: &table)
    table.append(Self.digest([weights]))

    var header = RecordEncoder()
    header.append(BundleLayout.magic)
    header.append(BundleLayout.version)
    header.appendUInt32(SectionKind.allCases.count)
    header.append(UInt64(metadataLength + weights.count))
    header.append(UInt64(metadataLength))
    metadata =
      header.bytes + Self.digest([header.bytes, table.bytes, body.bytes]) + table.bytes
      + body.bytes
    self.weights = weights
  }

  private static func append(
    _ kind: SectionKind, start: Int, length: Int, to table: inout RecordEncoder
  ) {
    table.append(kind.rawValue)
    table.append(UInt32(0))
    table.append(UInt64(start))
    table.append(UInt64(length))
    table.append(UInt64(0))
  }

  private static func digest(_ parts: [[UInt8]]) -> [UInt8] {
    var hash = SHA256()
    for part in parts { part.withUnsafeBytes { hash.update($0) } }
    return hash.finish()
  }

  /// Checks what a board checks when it loads the bundle: everything but the weights' bytes.
  ///
  /// Names that are too long, say, are noticed so where the bundle is made.
  public func verify() throws(BundleError) {
    let file = metadata.withUnsafeBytes { buffer in
      Result { () throws(BundleError) in
        try MappedFile(metadata: buffer, weightsLength: weights.count)
      }
    }
    _ = try Interpreter(try Model(try file.get()))
  }
}
