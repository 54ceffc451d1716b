import SwiftletRunCommands
import Testing

/// Executes the run commands in this process and returns status, output and messages.
private func execute(_ words: [String]) -> (status: Int32, output: String, errors: String) {
  let console = Console(capturingAsTerminal: false)
  let status = CommandLineTool(RunCommands.all).execute(words, console)
  return (status, console.capturedOutput, console.capturedErrors)
}

@Suite("Commands")
struct ToolTests {
  @Test(
    "Wrong words give one sentence and exit status 2",
    arguments: [
      ([], "a command is missing"),
      (["bnech", "x"], "did you mean bench?"),
      (["frobnicate"], "the commands are run, bench, inspect, verify, manual and completions"),
      (["--verbose"], "there is no option '--verbose'"),
      (["help", "nothing"], "there is no command 'nothing'"),
      (["run"], "BUNDLE is missing"),
      (["run", "b"], "IMAGE is missing"),
      (["run", "b", "a.jpg", "--input-tensor", "x"], "not both"),
      (["run", "b", "a.jpg", "b.jpg", "--output-tensor", "x"], "one image at a time"),
      (["run", "b", "a.jpg", "--top", "0"], "--top takes a whole number from 1"),
      (["run", "b", "a.jpg", "--threads", "65"], "--threads takes a whole number from 1 to 64"),
      (["run", "b", "a.jpg", "--thread", "2"], "did you mean --threads?"),
      (["bench"], "BUNDLE is missing"),
      (["bench", "b", "--runs", "many"], "--runs takes a whole number"),
      (["bench", "b", "--isa"], "--isa needs a value"),
      (["bench", "b", "c"], "'c' is one word too many"),
      (["inspect", "b", "--json=1"], "--json takes no value"),
      (["verify", "b", "--json"], "verify has no option --json"),
      (["completions"], "bash is missing"),
      (["completions", "zsh"], "for bash only, not for 'zsh'"),
      (["manual", "--date", "2026-13-01"], "--date takes YYYY-MM-DD, not '2026-13-01'"),
      (["manual", "--date", "2026-1-1"], "--date takes YYYY-MM-DD"),
    ])
  func wrongWords(words: [String], expected: String) {
    let result = execute(words)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix("swiftlet: "))
    #expect(result.errors.contains(expected), "\(result.errors)")
    #expect(result.errors.filter { $0 == "\n" }.count == 1)
  }

  @Test("A bundle that is not there is named with the system's reason, and the status is 1")
  func missingBundle() {
    for command in ["bench", "inspect", "verify"] {
      let result = execute([command, "/nonexistent/b.swiftlet"])
      #expect(result.status == 1)
      #expect(
        result.errors
          == "swiftlet: /nonexistent/b.swiftlet: cannot be opened: No such file or directory\n")
    }
  }

  @Test("Help and version go to standard output with status 0")
  func help() {
    let overview = execute(["--help"])
    #expect(overview.status == 0 && overview.errors.isEmpty)
    for command in RunCommands.all {
      let name = command.description.name
      #expect(overview.output.contains("  \(name)"))
      let help = execute([name, "--help"])
      #expect(help.status == 0 && help.errors.isEmpty)
      #expect(help.output == execute(["help", name]).output)
      #expect(help.output.contains("Usage: swiftlet \(name) "))
      #expect(help.output.contains("Examples:\n  swiftlet \(name) "))
    }
    #expect(execute(["--version"]).output == "swiftlet \(Version.current)\n")
  }

  @Test("No line of the help is wider than a terminal of 100 columns")
  func helpWidth() {
    for command in RunCommands.all {
      for line in command.description.help.split(separator: "\n") {
        #expect(line.count <= 100, "\(line)")
      }
    }
  }
}
