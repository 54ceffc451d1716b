import Foundation
import Testing

/// What the help of one of the program's commands says of its options.
struct HelpText {
  /// With its dashes, and what stands for its value.
  let options: [(name: String, short: String?, value: String?)]

  /// The commands that the program's overview lists.
  static func commands() throws -> [String] {
    let text = String(decoding: try swiftlet(["--help"]).output, as: UTF8.self)
    let list = try #require(text.components(separatedBy: "Commands:\n").last)
    let names = list.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("  ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    try #require(names.count >= 8)
    return names
  }

  /// Reads `swiftlet COMMAND --help`.
  init(of command: String) throws {
    let text = String(decoding: try swiftlet([command, "--help"]).output, as: UTF8.self)
    let list = try #require(text.components(separatedBy: "\nOptions:\n").last)
    options = list.components(separatedBy: "\n\n")[0].split(separator: "\n")
      .filter { $0.hasPrefix("  -") }
      .map { line in
        let form = line.dropFirst(2).components(separatedBy: "  ")[0]
        var words = form.split(separator: " ").map(String.init)
        let short = words[0].hasSuffix(",") ? String(words.removeFirst().dropLast()) : nil
        return (words[0], short, words.count > 1 ? words[1] : nil)
      }
    try #require(options.last?.name == "--help")
  }
}
