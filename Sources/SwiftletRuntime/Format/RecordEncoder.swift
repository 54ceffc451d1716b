/// Appends the fields of a record one after another, little-endian.
///
/// A number that does not fit its field traps: whoever writes a bundle has checked it.
struct RecordEncoder: Sendable {
  /// What has been appended so far.
  private(set) var bytes: [UInt8] = []

  /// Starts an empty record.
  init() {}

  /// Appends an integer.
  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  /// Appends 32 bits without sign.
  mutating func appendUInt32(_ value: Int) { append(UInt32(value)) }

  /// Appends 32 bits with sign.
  mutating func appendInt32(_ value: Int) { append(Int32(value)) }

  /// Appends a float's bits.
  mutating func append(_ value: Float) { append(value.bitPattern) }

  /// Appends bytes as they are.
  mutating func append(_ source: [UInt8]) { bytes += source }

  /// Appends a range of the strings section.
  mutating func append(_ range: StringRange) {
    append(range.offset)
    append(range.length)
  }

  /// Appends zeros until the length is a multiple of `unit`.
  mutating func pad(toMultipleOf unit: Int) {
    while bytes.count % unit != 0 { bytes.append(0) }
  }
}
