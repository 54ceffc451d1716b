import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletRunCommands

@Suite("Manual", .enabled(if: program != nil, "the program was not built beside the tests"))
struct ManualTests {
  private func manual() throws -> String {
    String(decoding: try swiftlet(["manual", "--date", "2024-02-29"]).output, as: UTF8.self)
  }

  @Test("The page has every section, every command and every option of the commands' help")
  func complete() throws {
    let page = try manual()
    let lines = page.split(separator: "\n").map(String.init)
    #expect(
      lines.filter { $0.hasPrefix(".SH ") } == [
        ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH COMMANDS", ".SH EXIT STATUS",
        ".SH EXAMPLES", ".SH SEE ALSO",
      ])
    #expect(lines[0].contains("SWIFTLET\" 1 2024-02-29 \"swiftlet \(Version.current)\""))
    let parts = page.components(separatedBy: "\n.SH ")
    let sections = try #require(parts.first { $0.hasPrefix("COMMANDS\n") })
      .components(separatedBy: "\n.SS ").dropFirst()
    let examples = try #require(parts.first { $0.hasPrefix("EXAMPLES\n") })
    let commands = try HelpText.commands()
    #expect(sections.count == commands.count)
    for (section, command) in zip(sections, commands) {
      #expect(section.hasPrefix("\"\(command): "))
      #expect(examples.contains("\nswiftlet \(command) "))
      let dashed = { (name: String) in name.replacingOccurrences(of: "-", with: "\\-") }
      let expected = try HelpText(of: command).options.map { option in
        (option.short.map { "\\fB\(dashed($0))\\fR, " } ?? "") + "\\fB\(dashed(option.name))\\fR"
          + (option.value.map { " \\fI\(dashed($0))\\fR" } ?? "")
      }
      #expect(
        section.split(separator: "\n").filter { $0.hasPrefix("\\fB\\-") }
          == expected.map { $0[...] })
    }
  }

  @Test("Today's date stands there without --date")
  func today() throws {
    let console = Console(capturingAsTerminal: false)
    let formatter = DateFormatter()
    formatter.dateFormat = "yyyy-MM-dd"
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.locale = Locale(identifier: "en_US_POSIX")
    // Midnight may pass between the two.
    let before = formatter.string(from: Date())
    #expect(CommandLineTool(RunCommands.all).execute(["manual"], console) == 0)
    let dates = [before, formatter.string(from: Date())]
    #expect(dates.contains { console.capturedOutput.contains(" 1 \($0) ") })
  }

  @Test("mandoc finds nothing wrong", .enabled(if: toolPath("mandoc") != nil, "no mandoc here"))
  func lint() throws {
    let run = Console(capturingAsTerminal: false)
    let tool = CommandLineTool(RunCommands.all, program: .swiftletRun)
    #expect(tool.execute(["manual", "--date", "2024-02-29"], run) == 0)
    try withTemporaryFolder { folder in
      for page in [try manual(), run.capturedOutput] {
        let path = folder + "/page.1"
        try Data(page.utf8).write(to: URL(fileURLWithPath: path))
        let mandoc = try #require(toolPath("mandoc"))
        let outcome = try runTool(mandoc, ["-T", "lint", "-W", "warning", path])
        #expect(outcome.output.isEmpty)
        #expect(outcome.status == 0)
      }
    }
  }

  @Test(
    "What roff reads as something else is escaped",
    arguments: [
      (".dot", "\\&.dot"), ("a 'b' --c-d e-f", "a \\(aqb\\(aq \\-\\-c\\-d e-f"),
      ("back\\slash", "back\\eslash"), ("one\n.two", "one\n\\&.two"),
      ("~ ^ ` \"", "\\(ti \\(ha \\(ga \\(dq"),
    ])
  func escapes(text: String, expected: String) {
    #expect(Roff.text(text) == expected)
  }

  @Test("The page of the run commands' program calls them by its own name")
  func runProgram() {
    let console = Console(capturingAsTerminal: false)
    let tool = CommandLineTool(RunCommands.all, program: .swiftletRun)
    #expect(tool.execute(["manual"], console) == 0)
    let page = console.capturedOutput
    #expect(page.contains("\n\\fBswiftlet\\-run\\fR \\fBrun\\fR \\fIBUNDLE\\fR"))
    #expect(page.contains("\\(aqswiftlet-run inspect\\(aq"))
    for command in RunCommands.all {
      #expect(!page.contains("swiftlet \(command.description.name)"))
    }
    // The one command that only the other program has.
    #expect(page.contains("swiftlet convert"))
  }
}
