import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletRunCommands

/// What a command does at the limits of the system that it runs on.
@Suite(
  "Limits of the system", .enabled(if: program != nil, "the program was not built beside the tests")
)
struct BoundsTests {
  /// Runs the program through a shell's `script`, in which `"$@"` is the program with `words`.
  private func shell(
    _ script: String, _ words: [String], in folder: String
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh"] + (try startingProgram()) + words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let (output, errors) = (folder + "/shell.out", folder + "/shell.err")
    for path in [output, errors] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    let text = { (path: String) in
      String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
    return (process.terminationStatus, text(output), text(errors))
  }

  private static let network = [
    "random:1", "--arch", "mobilenet_v3_small", "--width", "0.25", "--input", "32",
    "--calibration-count", "2", "--method", "minmax",
  ]

  private func convert(_ folder: String, _ words: [String] = [], to name: String) throws -> Outcome
  {
    try swiftlet(["convert"] + Self.network + ["-o", name] + words, in: folder)
  }

  @Test("A conversion's bytes do not depend on the number of threads")
  func threads() throws {
    try withTemporaryFolder { folder in
      var bundles: [Data?] = []
      for count in ["1", "2", "5"] {
        let end = try convert(folder, ["--threads", count], to: count)
        #expect(end.status == 0, "\(end.errors)")
        bundles.append(FileManager.default.contents(atPath: folder + "/" + count))
      }
      #expect(bundles[0] != nil && bundles[1] == bundles[0] && bundles[2] == bundles[0])
    }
  }

  @Test(
    "Without file descriptors a command says so", .enabled(if: !isEmulated, "limits the emulator"))
  func descriptors() throws {
    try withTemporaryFolder { folder in
      #expect(try convert(folder, to: "a.swiftlet").status == 0)
      let commands = [
        ["convert"] + Self.network + ["-o", "b.swiftlet"], ["bench", "a.swiftlet", "--runs", "1"],
        ["inspect", "a.swiftlet"], ["verify", "a.swiftlet"],
        ["bench", "a.swiftlet", "--runs", "1", "--threads", "2"],
        ["run", "a.swiftlet", "--input-tensor", "none"],
      ]
      // With fewer not even the libraries are found.
      for limit in 4...6 {
        for words in commands {
          let end = try shell("ulimit -n \(limit) && exec \"$@\"", words, in: folder)
          #expect([0, 1].contains(end.status), "\(limit) \(words): \(end)")
          if end.status == 1 {
            #expect(end.errors.hasPrefix("swiftlet: "), "\(end)")
            #expect(end.errors.split(separator: "\n").count == 1, "\(end)")
          }
        }
      }
    }
  }

  @Test("A word that is not UTF-8 is refused, and leads to no other file")
  func words() throws {
    try withTemporaryFolder { folder in
      let end = try shell(
        "exec \"$@\" -o \"$(printf 'a\\377.swiftlet')\"", ["convert"] + Self.network, in: folder)
      #expect(end.status == 2)
      #expect(end.errors.contains("is not UTF-8"), "\(end)")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.sorted() == ["shell.err", "shell.out"])
    }
  }

  @Test("Two outputs that are one file are refused before anything is written")
  func outputs() throws {
    try withTemporaryFolder { folder in
      #expect(try convert(folder, to: "a.swiftlet").status == 0)
      try Data(repeating: 1, count: 32 * 32 * 3).write(to: URL(fileURLWithPath: folder + "/in"))
      let files = FileManager.default
      try files.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "out")
      try files.createSymbolicLink(atPath: folder + "/here", withDestinationPath: ".")
      for other in [
        "out", "./out", "link", "here/out", "../\((folder as NSString).lastPathComponent)/out",
      ] {
        let run = try swiftlet(
          [
            "run", "a.swiftlet", "--input-tensor", "in", "--output-tensor", "out",
            "--output-tensor",
            "logits=" + other,
          ], in: folder)
        #expect(run.status == 2, "\(other): \(run.errors)")
        #expect(run.errors.contains("twice"), "\(run.errors)")
        #expect(!files.fileExists(atPath: folder + "/out"))
      }
      let run = try swiftlet(
        [
          "run", "a.swiftlet", "--input-tensor", "in", "--output-tensor", "out", "--output-tensor",
          "logits=second",
        ], in: folder)
      #expect(run.status == 0, "\(run.errors)")
    }
  }

  @Test(
    "A bundle that becomes shorter while it is run is a sentence",
    .enabled(if: !isEmulated, "takes minutes"))
  func truncatedBundle() throws {
    try withTemporaryFolder { folder in
      #expect(try convert(folder, to: "a.swiftlet").status == 0)
      let end = try shell(
        """
        "$@" & process=$!
        sleep 1
        : > a.swiftlet
        wait $process
        """, ["bench", "a.swiftlet", "--runs", "1000000"], in: folder)
      #expect(end.status == 1, "\(end)")
      #expect(end.errors.contains("a.swiftlet: could not be read any more"), "\(end)")
      #expect(end.errors.split(separator: "\n").count == 1, "\(end)")
    }
  }

  @Test("A list that is a device, and one of too many rows, end in a sentence")
  func lists() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/z.csv", withDestinationPath: "/dev/zero")
      let zeros = try convert(folder, ["--calibrate", "z.csv"], to: "a.swiftlet")
      #expect(zeros.status == 1)
      #expect(zeros.errors.contains("z.csv, line 1: expected text"), "\(zeros.errors)")
    }
  }

  @Test("A file of labels with a line a byte is counted and not kept")
  func labels() throws {
    try withTemporaryFolder { folder in
      try Data(repeating: 0x0A, count: 1 << 22).write(to: URL(fileURLWithPath: folder + "/blank"))
      try Data((0..<(1 << 20)).flatMap { _ in [0x61, 0x0A] as [UInt8] })
        .write(to: URL(fileURLWithPath: folder + "/many"))
      for (name, found) in [("blank", "found 0"), ("many", "found 1048576")] {
        let end = try convert(folder, ["--labels", name], to: "a.swiftlet")
        #expect(end.status == 1)
        #expect(end.errors.contains(found), "\(end.errors)")
      }
    }
  }
}
