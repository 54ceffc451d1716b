/// Text that came from a file, or from whoever typed a path, made fit to be shown.
///
/// Control characters steer a terminal: they hide what stands before them or give it colours. Marks of
/// direction do the same to the reading order, so that `exe.jpg` may be shown where `gpj.exe` stands.
public enum ShownText {
  /// Whether a character is a control (C0, DEL, C1), a mark of direction or a separator of lines: what
  /// may stand on no terminal, and in JSON only escaped.
  public static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F: true
    // Arabic letter mark; left-to-right and right-to-left marks.
    case 0x061C, 0x200E, 0x200F: true
    // Line and paragraph separators; embeddings and overrides of direction.
    case 0x2028...0x202E: true
    // Isolates.
    case 0x2066...0x2069: true
    // The byte order mark, which is not to be seen, and which some readers of JSON drop.
    case 0xFEFF: true
    default: false
    }
  }

  /// The text with `replacement` for each control character, save those of `kept`.
  public static func clean(
    _ text: String, keeping kept: [Unicode.Scalar] = [], with replacement: Unicode.Scalar = "?"
  ) -> String {
    // Most texts are ASCII without any.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      scalars.append(isControl(scalar) && !kept.contains(scalar) ? replacement : scalar)
    }
    return String(scalars)
  }

  /// More characters of a name than these tell nobody more.
  public static let longestName = 120

  /// The beginning of a name, with an ellipsis where it is longer than `longestName`.
  public static func cut(_ name: String) -> String {
    let scalars = name.unicodeScalars
    let start = scalars.startIndex
    guard let end = scalars.index(start, offsetBy: longestName, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return name }
    return String(scalars[..<end]) + "…"
  }

  /// A name for a sentence: short, and without control characters.
  public static func name(_ name: String) -> String { clean(cut(name)) }
}

extension String {
  /// Whether both texts are the same bytes. `==` also takes for one what is the same to a reader (é as
  /// one character or as two), and orders accents for that, which takes time quadratic in their number:
  /// nothing that a file names is compared by it.
  public func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}
