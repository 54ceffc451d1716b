import Foundation
import SwiftletTestSupport
import Testing

/// The built program, which stands beside the test bundle; nil where it was not built.
let program: String? = {
  let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  let path = folder.appendingPathComponent("swiftlet").path
  return FileManager.default.isExecutableFile(atPath: path) ? path : nil
}()

/// What starts the program where the tests themselves are emulated, `$SWIFTLET_EMULATOR`: the system
/// cannot start a program of another processor by its path.
private let emulator = ProcessInfo.processInfo.environment["SWIFTLET_EMULATOR"]

/// The words that start the program.
func startingProgram() throws -> [String] {
  let built: String = try #require(program)
  return (emulator.map { [$0] } ?? []) + [built]
}

/// How a run of the program ended.
struct Outcome {
  let status: Int32
  let output: Data
  let errors: String

  /// Standard output as a JSON object; nil when it is anything else.
  var json: [String: Any]? {
    (try? JSONSerialization.jsonObject(with: output)) as? [String: Any]
  }

  /// Standard output as a JSON object in each line; nil when a line is anything else.
  var jsonLines: [[String: Any]]? {
    let lines = output.split(separator: 0x0A).map {
      (try? JSONSerialization.jsonObject(with: $0)) as? [String: Any]
    }
    return lines.contains { $0 == nil } ? nil : lines.compactMap { $0 }
  }
}

/// Starts the program, in `workingFolder` if given, and waits for it. With `output` its standard
/// output goes to that file; `input` is what it finds on standard input, as a file, so that nobody
/// waits for the other end of a pipe; `variables` are added to its environment.
func swiftlet(
  _ words: [String], input: Data? = nil, output: String? = nil, in workingFolder: String? = nil,
  variables: [String: String] = [:]
) throws -> Outcome {
  try withTemporaryFolder { folder in
    let process = Process()
    let started = try startingProgram() + words
    process.executableURL = URL(fileURLWithPath: started[0])
    process.arguments = Array(started.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    if let workingFolder {
      process.currentDirectoryURL = URL(fileURLWithPath: workingFolder)
    }
    if let input {
      try input.write(to: URL(fileURLWithPath: folder + "/in"))
      process.standardInput = FileHandle(forReadingAtPath: folder + "/in")
    }
    let paths = [output ?? folder + "/out", folder + "/err"]
    for path in paths where !path.hasPrefix("/dev/") {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let handles = paths.compactMap { FileHandle(forWritingAtPath: $0) }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    process.waitUntilExit()
    let contents = { (path: String) in FileManager.default.contents(atPath: path) ?? Data() }
    return Outcome(
      status: process.terminationStatus, output: output == nil ? contents(paths[0]) : Data(),
      errors: String(decoding: contents(paths[1]), as: UTF8.self))
  }
}
