/// Bytes as text of two digits each.
public enum Hexadecimal {
  /// The bytes in order, in small letters, for example `ff0a`; `separator` stands between them.
  public static func text(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
  }
}
