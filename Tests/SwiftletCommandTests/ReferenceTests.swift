import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletRunCommands

@Suite(
  "Command reference", .enabled(if: program != nil, "the program was not built beside the tests"))
struct ReferenceTests {
  /// The sections of the commands, by their names.
  private let sections: [String: String]

  init() throws {
    let page = String(decoding: try swiftlet(["reference"]).output, as: UTF8.self)
    var sections: [String: String] = [:]
    for section in page.components(separatedBy: "\n## swiftlet ").dropFirst() {
      let name = try #require(section.split(separator: "\n").first.map(String.init))
      sections[name] = section
    }
    self.sections = sections
  }

  @Test("Every command has a section with every option of its help and their words")
  func complete() throws {
    let commands = try HelpText.commands()
    #expect(sections.keys.sorted() == commands.sorted())
    for command in commands {
      let section = try #require(sections[command])
      let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `-") }
      let expected = try HelpText(of: command).options.map { option in
        let form =
          (option.short.map { "\($0), " } ?? "") + option.name
          + (option.value.map { " \($0)" } ?? "")
        return "| `\(form.replacingOccurrences(of: "|", with: "\\|"))` |"
      }
      #expect(rows.count == expected.count)
      for (row, form) in zip(rows, expected) { #expect(row.hasPrefix(form), "\(row)") }
      #expect(section.contains("```sh\n"), "\(command) has no example")
    }
  }

  @Test("The help and the manual do not list the command that prints it")
  func hidden() throws {
    let help = try swiftlet(["--help"])
    #expect(!String(decoding: help.output, as: UTF8.self).contains("reference"))
    let own = try swiftlet(["reference", "--help"])
    #expect(own.status == 0)
  }

  /// The paths of all members that a section documents, for example `layers.name`, an object after
  /// the other.
  private func documented(_ command: String) throws -> [Set<String>] {
    let section = try #require(sections[command])
    var objects: [Set<String>] = []
    var parents: [String] = []
    for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("With `--json`") { objects.append([]) }
      let indent = line.prefix { $0 == " " }.count
      let rest = line.dropFirst(indent)
      guard rest.hasPrefix("- `"), indent % 2 == 0, !objects.isEmpty else { continue }
      let name = rest.dropFirst(3).prefix { $0 != "`" }
      parents = Array(parents.prefix(indent / 2)) + [String(name)]
      objects[objects.count - 1].insert(parents.joined(separator: "."))
    }
    return objects
  }

  /// The paths of all members of an object, and of the objects in its lists.
  private func paths(_ value: Any, _ prefix: String = "") -> Set<String> {
    if let list = value as? [Any] {
      return list.reduce(into: []) { $0.formUnion(paths($1, prefix)) }
    }
    guard let object = value as? [String: Any] else { return [] }
    return object.reduce(into: []) { result, member in
      let path = prefix.isEmpty ? member.key : "\(prefix).\(member.key)"
      result.insert(path)
      // A bundle's provenance is an object of texts, whose names are not the program's.
      if path != "provenance" { result.formUnion(paths(member.value, path)) }
    }
  }

  @Test("The members of what --json prints are those of the reference")
  func members() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let images = [folder + "/a.png", folder + "/missing.png"]
      let listed = folder + "/list.csv"
      // Whatever class the networks see, some of seven are wrong.
      let rows = (0..<7).map { "a.png,\($0)\n" }.joined()
      try Data("path,class\n\(rows)missing.png,1\n".utf8).write(to: URL(fileURLWithPath: listed))

      let convert = try swiftlet([
        "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
        "--classes", "7", "--calibration-count", "2", "--method", "minmax", "-o",
        folder + "/again.swiftlet", "--json",
      ])
      #expect(try [paths(try #require(convert.json))] == documented("convert"))
      let inspect = try swiftlet(["inspect", bundle, "--json"])
      #expect(try [paths(try #require(inspect.json))] == documented("inspect"))
      let bench = try swiftlet(["bench", bundle, "--runs", "1", "--layers", "--json"])
      #expect(try [paths(try #require(bench.json))] == documented("bench"))

      let files = try swiftlet(["run", bundle, "--json"] + images)
      // A byte of the compressed pixels, so that the chunks stay whole.
      var damaged = picture
      damaged[damaged.startIndex + 60] ^= 0x55
      let frames = try swiftlet(["run", bundle, "-", "--json"], input: picture)
      let broken = try swiftlet(["run", bundle, "-", "--json"], input: damaged + picture)
      let vectors = folder + "/vectors.swiftlet"
      let made = try swiftlet([
        "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
        "--task", "features", "--calibration-count", "2", "--method", "minmax", "-o", vectors,
      ])
      #expect(made.status == 0, "\(made.errors)")
      let vector = try swiftlet(["run", vectors, images[0], "--json"])
      let vectorFrames = try swiftlet(["run", vectors, "-", "--json"], input: picture)
      let lines =
        try #require(frames.jsonLines) + #require(broken.jsonLines)
        + #require(vectorFrames.jsonLines)
      let objects = [try #require(files.json), try #require(vector.json)] as [Any]
      #expect(
        try [paths(objects), paths(lines)] == documented("run"),
        "\(frames.errors)\(broken.errors)\(vector.errors)")

      let compare = try swiftlet([
        "compare", "random:6", bundle, "--images", listed, "--json", "--threads", "1",
      ])
      let found = paths(try #require(compare.json, "\(compare.errors)"))
      // Of pictures on which both agree nothing is listed.
      let members = try documented("compare")
      #expect(members.count == 1)
      #expect(
        found == members[0]
          || found == members[0].filter { !$0.hasPrefix("disagreements.") })
    }
  }

  @Test(
    "What Markdown reads as something else is escaped, and what is typed becomes code",
    arguments: [
      ("a_b * [c] <d> | e", "a\\_b \\* \\[c\\] \\<d> \\| e"),
      ("give --top, or (--json)", "give `--top`, or (`--json`)"),
      ("'swiftlet verify' says so", "`swiftlet verify` says so"),
      ("the bundle's '-' isn't an option - is it", "the bundle's `-` isn't an option - is it"),
      ("x 'path,class-index'; the", "x `path,class-index`; the"),
    ])
  func escapes(text: String, expected: String) {
    #expect(Markdown.text(text) == expected)
  }
}
