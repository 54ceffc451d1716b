import SwiftletPlatform

/// Numbers and columns as text for people.
public enum Text {
  /// A number with exactly `places` decimals (0…9), rounded half away from zero.
  public static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    var power = 1.0
    for _ in 0..<places { power *= 10 }
    let scaled = (value.magnitude * power).rounded(.toNearestOrAwayFromZero)
    // Above this a Double has no decimals left to show.
    guard scaled < 9e15 else { return value.description }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if places == 0 { return sign + padded }
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  /// A fraction as per cent, for example `87.42 %`.
  public static func percent(_ fraction: Double, _ places: Int = 2) -> String {
    fixed(fraction * 100, places) + " %"
  }

  /// A count of bytes in the unit that suits it, for example `3.42 MB` (a MB is 1,000,000 bytes).
  public static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) bytes" }
    if count < 1_000_000 { return fixed(Double(count) / 1e3, 1) + " kB" }
    if count < 1_000_000_000 { return fixed(Double(count) / 1e6, 2) + " MB" }
    return fixed(Double(count) / 1e9, 2) + " GB"
  }

  /// A count with commas between thousands.
  public static func grouped(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = count < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A count with the noun it counts, for example `1 image`, `12 images`.
  public static func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? singular : plural ?? singular + "s")"
  }

  /// Fills up with spaces on the right.
  public static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Fills up with spaces on the left.
  public static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// How a column of a table is aligned.
  public enum Alignment: Sendable { case left, right }

  /// A table with a heading and columns as wide as their longest cell; of very long cells the
  /// beginning.
  public static func table(
    _ heading: [String], _ rows: [[String]], _ alignments: [Alignment]
  ) -> String {
    let rows = rows.map { $0.map(ShownText.cut) }
    var widths = heading.map(\.count)
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    var lines: [String] = []
    for row in [heading] + rows {
      let cells = row.enumerated().map { column, cell in
        switch alignments[column] {
        case .left: left(cell, widths[column])
        case .right: right(cell, widths[column])
        }
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }

  /// Words as an English list: `a`, `a or b`, `a, b or c`.
  public static func list(_ words: [String], _ conjunction: String = "or") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }

  /// A text broken at spaces into lines of at most `width` characters; longer words stay whole.
  public static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// Control characters of a text replaced by `?`, so that a file cannot steer the terminal.
  public static func printable(_ text: String) -> String { ShownText.clean(text) }
}
