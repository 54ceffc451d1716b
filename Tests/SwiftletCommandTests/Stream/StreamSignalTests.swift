import Foundation
import SwiftletTestSupport
import Testing

@Suite(
  "Streams that a signal stops",
  .enabled(if: program != nil, "the program was not built beside the tests"),
  .disabled(if: isEmulated, "a signal reaches the emulator first"),
  .timeLimit(.minutes(2)))
struct StreamSignalTests {
  @Test(
    "A stream that waits for input ends with the summary and the signal's status",
    arguments: [SIGINT, SIGTERM], [[], ["--latest"]])
  func stops(number: Int32, options: [String]) throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let errors = folder + "/errors"
      try Data().write(to: URL(fileURLWithPath: errors))
      // A shell that started the tests in the background made them ignore it.
      signal(number, SIG_DFL)
      let process = Process()
      let words = try startingProgram() + ["run", bundle, "-", "--raw", "8x8:rgb24"] + options
      process.executableURL = URL(fileURLWithPath: words[0])
      process.arguments = Array(words.dropFirst())
      process.standardError = FileHandle(forWritingAtPath: errors)
      // Nobody closes the input: without the signal the program waits for ever.
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      // Whatever this waits for comes to an end.
      let id = process.processIdentifier
      let limit = DispatchWorkItem { kill(id, SIGKILL) }
      DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: limit)
      // A frame, and the start of another.
      try input.fileHandleForWriting.write(contentsOf: Data(count: 200))
      #expect(!output.fileHandleForReading.availableData.isEmpty)
      kill(id, number)
      process.waitUntilExit()
      limit.cancel()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 128 + number)
      let text = String(decoding: bytes(errors), as: UTF8.self)
      #expect(text.hasPrefix("1 frame, 0 dropped, median "), "\(text)")
      #expect(text.filter { $0 == "\n" }.count == 1)
      try input.fileHandleForWriting.close()
    }
  }
}
