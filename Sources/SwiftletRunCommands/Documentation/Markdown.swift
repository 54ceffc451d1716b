/// Text in Markdown.
enum Markdown {
  /// A paragraph of a command's help: quoted words and options become code, and what Markdown would
  /// read as something else is escaped.
  static func text(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    var isAtStart = true
    while let character = rest.first {
      if isAtStart, character == "'", let end = closingQuote(rest) {
        result += code(String(rest[rest.index(after: rest.startIndex)..<end]))
        rest = rest[rest.index(after: end)...]
        isAtStart = false
        continue
      }
      if isAtStart, let option = leadingOption(rest) {
        result += code(String(option))
        rest = rest[option.endIndex...]
        isAtStart = false
        continue
      }
      result += escaped(character)
      rest = rest.dropFirst()
      isAtStart = " (\n".contains(character)
    }
    return result
  }

  /// Words to be typed as they stand.
  static func code(_ text: String) -> String { "`\(text)`" }

  /// A cell of a table, in which a bar would end it.
  static func cell(_ markdown: String) -> String {
    markdown.map { $0 == "|" ? "\\|" : String($0) }.joined()
  }

  /// Lines to be typed or printed as they stand.
  static func block(_ lines: [String], language: String = "") -> String {
    (["```" + language] + lines + ["```"]).joined(separator: "\n")
  }

  private static func escaped(_ character: Character) -> String {
    "*_<[]`\\|".contains(character) ? "\\\(character)" : String(character)
  }

  /// Where the quotation ends that `text` begins with: at a mark before which a letter, digit or sign
  /// stands, and behind which no letter does.
  private static func closingQuote(_ text: Substring) -> Substring.Index? {
    var index = text.index(after: text.startIndex)
    while index < text.endIndex {
      let next = text.index(after: index)
      if text[index] == "'", next == text.endIndex || !text[next].isLetter { return index }
      index = next
    }
    return nil
  }

  /// The option that `text` begins with, without the punctuation behind it.
  private static func leadingOption(_ text: Substring) -> Substring? {
    guard text.hasPrefix("-"), let second = text.dropFirst().first,
      second == "-" || second.isLetter
    else { return nil }
    var word = text.prefix { $0 != " " && $0 != "\n" }
    while let last = word.last, ".,;:)".contains(last) { word = word.dropLast() }
    return word
  }
}
