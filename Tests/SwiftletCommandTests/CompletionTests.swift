import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletRunCommands

@Suite(
  "Completions", .enabled(if: program != nil, "the program was not built beside the tests"),
  .enabled(if: toolPath("bash") != nil, "bash is not installed"))
struct CompletionTests {
  let script: String

  init() throws {
    script = String(decoding: try swiftlet(["completions", "bash"]).output, as: UTF8.self)
  }

  @Test(
    "bash offers what may stand there",
    arguments: [
      ([""], "--help --version bench compare completions convert help inspect manual run verify"),
      (["con"], "convert"),
      (["help", "ve"], "verify"),
      (["completions", ""], "bash"),
      (["nothing", ""], ""),
      // Options: not those given before, except those that may be repeated.
      (["convert", "--me"], "--mean --method"),
      (["run", "net.swiftlet", "--top", "5", "--to"], ""),
      (["run", "--output-tensor", "a", "=", "b", "--out"], "--output-tensor"),
      (["verify", "-"], "--help --no-map"),
      (["verify", "--", "-"], ""),
      // Values, behind a blank, behind =, and before one.
      (["convert", "--method", ""], "auto entropy minmax mse percentile"),
      (["convert", "--method", "="], "auto entropy minmax mse percentile"),
      (["convert", "--method", "=", "m"], "minmax mse"),
      (["convert", "-o", "x", "--preprocess", "k"], "keras"),
      (["compare", "--arch", "mobilenet_v3"], "mobilenet_v3_large mobilenet_v3_small"),
      (["bench", "--isa", "po"], "portable"),
      (["bench", "--runs", ""], ""),
      (["convert", "--json", "="], ""),
      // Files by their endings.
      (["convert", ""], "folder weights.pth"),
      (["convert", "-o", ""], "folder net.swiftlet"),
      (["convert", "weights.pth", "--calibrate", ""], "folder list.csv"),
      (["convert", "--labels", "n"], "net.swiftlet notes.txt"),
      (["compare", "weights.pth", ""], "folder net.swiftlet"),
      (["compare", "weights.pth", "net.swiftlet", ""], ""),
      (["compare", "--report", "f"], "folder"),
      (["run", ""], "folder net.swiftlet"),
      (["inspect", ""], "folder net.swiftlet weights.pth"),
      (
        ["run", "--threads", "2", "--isa", "=", "portable", "net.swiftlet", ""],
        "a.JPG b.png folder"
      ),
      (["run", "net.swiftlet", "a.JPG", "b"], "b.png"),
      (["run", "net.swiftlet", "folder/"], "folder/two words.png"),
      (["run", "net.swiftlet", "folder/two\\ w"], "folder/two words.png"),
      (["run", "net.swiftlet", "'folder/two w"], "folder/two words.png"),
      (["run", "net.swiftlet", "--output-tensor", "logits", "=", "no"], "notes.txt"),
    ])
  func offers(words: [String], expected: String) throws {
    try withTemporaryFolder { folder in
      let manager = FileManager.default
      try manager.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: false)
      for name in [
        "a.JPG", "b.png", "list.csv", "net.swiftlet", "notes.txt", "weights.pth",
        "folder/two words.png",
      ] {
        #expect(manager.createFile(atPath: folder + "/" + name, contents: nil))
      }
      let found = try candidates(["swiftlet"] + words, script: script, in: folder)
      // In the order of bash's sort, which is that of bytes here.
      #expect(found.joined(separator: " ") == expected)
    }
  }

  /// What else a command line needs for the value of an option to be looked at.
  private func rest(of command: String) -> [String] {
    switch command {
    case "compare": return ["a", "b", "--images", "c"]
    case "convert": return ["a", "-o", "o", "--calibrate", "c"]
    case "run": return ["a", "-", "--raw", "2x2:yuv420"]
    case "inspect": return ["a", "--graph"]
    default: return ["a"]
    }
  }

  @Test("Every option of every command's help is offered, and every list of words is the parser's")
  func complete() throws {
    for command in try HelpText.commands() {
      let help = try HelpText(of: command)
      #expect(
        try candidates(["swiftlet", command, "-"], script: script)
          == help.options.map(\.name).sorted())
      for option in help.options {
        guard let value = option.value, ValueKind(placeholder: value) == nil else { continue }
        let words = try candidates(["swiftlet", command, option.name, ""], script: script)
        #expect(
          !words.isEmpty, "\(command) \(option.name) takes \(value), of which nothing is known")
        // The kernels depend on the processor, so that a wrong name is no wrong word.
        guard option.name != "--isa" else { continue }
        let wrong = try swiftlet([command, option.name, "nonsense"] + rest(of: command))
        #expect(wrong.status == 2)
        for word in words { #expect(wrong.errors.contains(word), "\(wrong.errors)") }
        let listed = wrong.errors.split(separator: " takes ").last?.split(separator: ", not").first
        #expect(
          listed?.split { " ,".contains($0) }.filter { $0 != "or" }.count == words.count,
          "\(wrong.errors)")
      }
    }
  }

  @Test("The program of the run commands has a script of its own name")
  func runProgram() throws {
    let tool = CommandLineTool(RunCommands.all, program: .swiftletRun)
    let console = Console(capturingAsTerminal: false)
    #expect(tool.execute(["completions", "bash"], console) == 0)
    let script = console.capturedOutput
    #expect(
      try candidates(["swiftlet-run", ""], script: script) == [
        "--help", "--version", "bench", "completions", "help", "inspect", "manual", "run", "verify",
      ])
    #expect(try candidates(["swiftlet-run", "run", "--to"], script: script) == ["--top"])
  }
}
