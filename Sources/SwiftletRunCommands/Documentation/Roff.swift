/// Text in the form that man(7) macros take.
enum Roff {
  /// A paragraph. Its lines are filled, its words that look like options keep their dashes.
  static func text(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map { word in
        escaped(word, isLiteral: word.drop { $0 == "'" || $0 == "(" }.hasPrefix("-"))
      }
      return protected(words.joined(separator: " "))
    }
    return lines.joined(separator: "\n")
  }

  /// A line to be typed as it stands: no dash becomes a hyphen.
  static func literal(_ line: String) -> String {
    protected(escaped(line[...], isLiteral: true))
  }

  /// Words in bold, to be typed as they stand.
  static func bold(_ text: String) -> String {
    "\\fB" + escaped(text[...], isLiteral: true) + "\\fR"
  }

  /// A placeholder, in italics or underlined.
  static func placeholder(_ text: String) -> String {
    "\\fI" + escaped(text[...], isLiteral: true) + "\\fR"
  }

  /// An argument of a macro.
  static func quoted(_ text: String) -> String {
    "\"" + escaped(text[...], isLiteral: false) + "\""
  }

  /// Characters that roff would read or draw as something else.
  private static func escaped(_ text: Substring, isLiteral: Bool) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "\"": result += "\\(dq"
      case "-" where isLiteral: result += "\\-"
      default: result.append(character)
      }
    }
    return result
  }

  /// A dot at the start of a line would be a request.
  private static func protected(_ line: String) -> String {
    line.hasPrefix(".") ? "\\&" + line : line
  }
}
