/// Writes the wire format of Protocol Buffers, for models that no tool would write.
public enum Protobuf {
  /// An integer in groups of seven bits, the least first.
  public static func varint(_ value: Int) -> [UInt8] {
    var rest = UInt64(bitPattern: Int64(value))
    var bytes: [UInt8] = []
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  /// A field of bytes, a message or packed numbers; numbers up to 15 have a tag of one byte.
  public static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    let tag: [UInt8] = [number << 3 | 2]
    return tag + varint(bytes.count) + bytes
  }

  /// A field of text.
  public static func text(_ number: UInt8, _ text: String) -> [UInt8] {
    field(number, Array(text.utf8))
  }
}
