/// Where a string stands in the strings section. Eight bytes in the file.
public struct StringRange: Equatable, Sendable {
  /// The first byte, from the start of the section.
  public var offset: UInt32
  /// Bytes of UTF-8.
  public var length: UInt32

  /// Makes a range.
  public init(offset: UInt32, length: UInt32) {
    self.offset = offset
    self.length = length
  }

  /// Bytes of a range in the file.
  static let length = 8

  /// The empty string.
  public static let empty = StringRange(offset: 0, length: 0)

  init(_ view: ByteView, at offset: Int) {
    self.offset = view.load(UInt32.self, at: offset)
    self.length = view.load(UInt32.self, at: offset + 4)
  }

  /// The eight bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.append(self)
    return encoder.bytes
  }
}
