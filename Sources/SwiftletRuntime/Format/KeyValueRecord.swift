/// One line of the bundle's provenance, for example `source-sha256` and its digits. 16 bytes.
public struct KeyValueRecord: Equatable, Sendable {
  /// What the line tells.
  public var key: StringRange
  /// What it is.
  public var value: StringRange

  /// Makes a record of two ranges of the strings section.
  public init(key: StringRange, value: StringRange) {
    self.key = key
    self.value = value
  }

  init(_ view: ByteView, at offset: Int) {
    key = StringRange(view, at: offset)
    value = StringRange(view, at: offset + 8)
  }

  /// The 16 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    key.encoded() + value.encoded()
  }
}
