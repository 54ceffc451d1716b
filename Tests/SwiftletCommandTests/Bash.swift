import Foundation
import SwiftletTestSupport

/// What a tool of this machine wrote, and how it ended.
struct ToolOutcome {
  let status: Int32
  let output: String
}

/// The full path of one of this machine's tools; nil where it is not installed.
func toolPath(_ name: String) -> String? {
  ["/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + name }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Runs one of this machine's tools and waits; both of its outputs are returned as one.
func runTool(_ path: String, _ words: [String], in folder: String? = nil) throws -> ToolOutcome {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = words
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return ToolOutcome(
    status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
}

/// What bash offers for the last of `words`, sorted, after it has sourced `script`; bash splits
/// words at `=`, so `--option=value` is three of them.
func candidates(_ words: [String], script: String, in folder: String? = nil) throws -> [String] {
  try withTemporaryFolder { temporary in
    let path = temporary + "/completion"
    try Data(script.utf8).write(to: URL(fileURLWithPath: path))
    let body = """
      set -u
      source "$1"
      shift
      function=$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
      COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1))
      "$function" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
      for word in "${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done
      """
    let outcome = try runTool(
      toolPath("bash") ?? "bash", ["-c", body, "bash", path] + words, in: folder)
    guard outcome.status == 0 else { return ["bash failed: \(outcome.output)"] }
    return outcome.output.split(separator: "\n").map(String.init).sorted()
  }
}
