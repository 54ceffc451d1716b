import SwiftletPlatform

/// A name in a file, for sets and dictionaries: its bytes alone count. A `String` takes two names for
/// one that are written differently and read the same, and hashing many accents in a row takes time
/// quadratic in their number.
struct FileName: Hashable {
  let text: String

  /// The name with these bytes.
  init(_ text: String) {
    self.text = text
  }

  static func == (a: FileName, b: FileName) -> Bool { a.text.hasSameBytes(as: b.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
