import Foundation
import SwiftletImage
import SwiftletTestSupport
import Testing

/// The pixels of the end-to-end tests' picture, 12×10, as raw rgb24.
private func pixels() throws -> [UInt8] {
  try picture.withUnsafeBytes { try ImageReader.decode($0) }.pixels
}

/// A JPEG file of the image tests.
private func jpeg() throws -> Data {
  try #require(
    FileManager.default.contents(
      atPath: repositoryRoot + "/Tests/SwiftletImageTests/Fixtures/ycc420.jpg"))
}

@Suite(
  "Streams", .enabled(if: program != nil, "the program was not built beside the tests"),
  .timeLimit(.minutes(5)))
struct StreamProgramTests {
  @Test("A frame gives the bytes that the same picture gives as a file")
  func sameBytes() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      func tensors(_ words: [String], _ input: Data?) throws -> [[UInt8]] {
        let outcome = try swiftlet(
          ["run", bundle] + words
            + ["--output-tensor", "input=\(folder)/in", "--output-tensor", "\(folder)/out"],
          input: input)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return [bytes(folder + "/in"), bytes(folder + "/out")]
      }
      let expected = try tensors([folder + "/a.png"], nil)
      #expect(expected.map(\.count) == [32 * 32 * 3, 7])
      let raw = try pixels()
      let one = ["-", "--frames", "1"]
      #expect(try tensors(one + ["--raw", "12x10:rgb24"], Data(raw)) == expected)
      #expect(try tensors(one + ["--raw", "12x10:rgb24", "--latest"], Data(raw)) == expected)
      var padded: [UInt8] = []
      for row in 0..<10 {
        padded += raw[(36 * row)..<(36 * row + 36)]
        padded += [1, 2, 3, 4]
      }
      #expect(try tensors(one + ["--raw", "12x10:rgb24:40"], Data(padded)) == expected)
      #expect(try tensors(one, picture) == expected)
      let photograph = try jpeg()
      let path = folder + "/photograph.jpg"
      try photograph.write(to: URL(fileURLWithPath: path))
      #expect(try tensors(one, photograph + photograph) == tensors([path], nil))
      // Grey has no colour to convert: luma is the pixel.
      let luma = [UInt8](0..<120)
      let grey = Data(luma + [UInt8](repeating: 128, count: 60))
      #expect(
        try tensors(one + ["--raw", "12x10:yuv420"], grey)
          == tensors(one + ["--raw", "12x10:rgb24"], Data(luma.flatMap { [$0, $0, $0] })))
    }
  }

  @Test("Every frame has a line with the classes that the file has")
  func lines() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let raw = try pixels()
      let input = Data(raw + raw.map { 255 - $0 } + raw)
      let words = ["run", bundle, "-", "--raw", "12x10:rgb24"]
      let outcome = try swiftlet(words + ["--json", "--top", "3"], input: input)
      #expect(outcome.status == 0)
      #expect(outcome.errors.hasPrefix("3 frames, 0 dropped, "), "\(outcome.errors)")
      let lines = try #require(outcome.jsonLines)
      #expect(lines.map { $0["frame"] as? Int } == [1, 2, 3])
      #expect(lines.allSatisfy { $0["dropped"] as? Int == 0 })
      #expect(lines.allSatisfy { $0["ms"] is Double && $0["preprocess_ms"] is Double })
      let file = try swiftlet(["run", bundle, folder + "/a.png", "--json", "--top", "3"])
      let result = try #require((file.json?["results"] as? [[String: Any]])?.first)
      for (line, isSame) in zip(lines, [true, false, true]) {
        let top = try #require(line["top"] as? [NSDictionary])
        #expect(top.count == 3)
        #expect((top == result["top"] as? [NSDictionary]) == isSame)
      }
      let two = try swiftlet(words + ["--frames", "2"], input: input)
      #expect(two.status == 0 && two.errors.hasPrefix("2 frames, 0 dropped"))
      let text = String(decoding: two.output, as: UTF8.self).split(separator: "\n")
      #expect(text.map { $0.split(separator: " ").first } == ["1", "2"])
      #expect(text.allSatisfy { $0.contains(" ms ") && $0.contains(" %  ") })
    }
  }

  @Test("Of all frames, each is printed or counted as dropped, and the last is printed")
  func latest() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let raw = try pixels()
      let input = Data((0..<500).flatMap { _ in raw })
      let outcome = try swiftlet(
        ["run", bundle, "-", "--raw", "12x10:rgb24", "--latest", "--json"], input: input)
      #expect(outcome.status == 0, "\(outcome.errors)")
      var last = 0
      for line in try #require(outcome.jsonLines) {
        let number = try #require(line["frame"] as? Int)
        #expect(number == last + 1 + (line["dropped"] as? Int ?? -1))
        last = number
      }
      #expect(last == 500)
    }
  }

  @Test("A damaged frame is named, the others are run, and the status is 1")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let image = try jpeg()
      // One that is cut, and one that only the decoder finds wrong: 200 channels.
      let frame = try #require(image.range(of: Data([0xFF, 0xC0])))
      var channels = image
      channels[frame.lowerBound + 9] = 200
      let stream = image + image.prefix(image.count / 2) + channels + image
      let outcome = try swiftlet(["run", bundle, "-", "--json"], input: stream)
      #expect(outcome.status == 1)
      let lines = try #require(outcome.jsonLines)
      #expect(lines.map { $0["frame"] as? Int } == [1, 2, 3, 4])
      #expect(lines.map { $0["error"] == nil } == [true, false, false, true])
      #expect(lines.map { $0["top"] != nil } == [true, false, false, true])
      let errors = outcome.errors.split(separator: "\n")
      #expect(errors.count == 3)
      #expect(errors[0].hasPrefix("swiftlet: standard input, frame 2: expected a whole JPEG"))
      #expect(errors[1].hasPrefix("swiftlet: standard input, frame 3: expected"))
      #expect(errors[2].hasPrefix("2 frames, 2 unreadable, 0 dropped"))
    }
  }

  @Test("A stream that ends early or never starts says so; whole frames are printed")
  func ends() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let raw = try pixels()
      let image = try jpeg()
      let format = ["--raw", "12x10:rgb24"]
      for (words, input, lines, message) in [
        (
          format, Data(raw + raw.prefix(100)), 1,
          "ends in the middle of frame 2: expected 360 bytes, found 100"
        ),
        (
          format + ["--latest"], Data(raw + raw.prefix(100)), 1,
          "ends in the middle of frame 2: expected 360 bytes, found 100"
        ),
        (format, Data(), 0, "standard input: expected frames of 360 bytes, found nothing"),
        ([], Data(), 0, "standard input: expected JPEG or PNG images, found nothing"),
        ([], image + image.dropLast(), 1, "ends in the middle of frame 2: expected a whole image"),
        ([], picture.prefix(60), 0, "ends in the middle of frame 1"),
        ([], Data("plain text".utf8), 0, "for raw frames give --raw"),
      ] as [([String], Data, Int, String)] {
        let outcome = try swiftlet(["run", bundle, "-"] + words, input: input)
        #expect(outcome.status == 1)
        #expect(outcome.output.count { $0 == 0x0A } == lines)
        let first = outcome.errors.split(separator: "\n").first ?? ""
        #expect(first.hasPrefix("swiftlet: standard input"), "\(outcome.errors)")
        #expect(first.contains(message), "\(outcome.errors)")
      }
    }
  }

  @Test("A reader that has gone ends the stream quietly", arguments: [[], ["--latest"]])
  func brokenPipe(options: [String]) throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let raw = try pixels()
      let (input, errors) = (folder + "/stream", folder + "/errors")
      try Data((0..<2000).flatMap { _ in raw }).write(to: URL(fileURLWithPath: input))
      try Data().write(to: URL(fileURLWithPath: errors))
      let process = Process()
      let words = try startingProgram() + ["run", bundle, "-", "--raw", "12x10:rgb24"] + options
      process.executableURL = URL(fileURLWithPath: words[0])
      process.arguments = Array(words.dropFirst())
      process.standardInput = FileHandle(forReadingAtPath: input)
      process.standardError = FileHandle(forWritingAtPath: errors)
      let pipe = Pipe()
      process.standardOutput = pipe
      try pipe.fileHandleForReading.close()
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 1)
      #expect(bytes(errors).isEmpty)
    }
  }

  @Test(
    "Wrong words give one sentence and status 2, before anything is read",
    arguments: [
      (["-", "--raw", "640x480"], "--raw takes WIDTHxHEIGHT:rgb24"),
      (["-", "--raw", "640x480:nv12"], "for example 640x480:yuv420, not '640x480:nv12'"),
      (["-", "--raw", "0x480:rgb24"], "sides from 1 to 16384"),
      (["-", "--raw", "8x8:rgb24", "--yuv", "jpeg"], "give --raw WIDTHxHEIGHT:yuv420 with it"),
      (["-", "--yuv", "bt601"], "give --raw WIDTHxHEIGHT:yuv420 with it"),
      (["-", "--raw", "8x8:yuv420", "--yuv", "bt2020"], "jpeg, bt601 or bt709"),
      (["-", "--frames", "0"], "at least 1"),
      (["-", "a.png"], "for no other image"),
      (["-", "-"], "for no other image"),
      (["-", "--input-tensor", "x"], "not both"),
      (["-", "--output-tensor", "x"], "give --frames 1 with it"),
      (["-", "--output-tensor", "x", "--frames", "2"], "give --frames 1 with it"),
      (["a.png", "--latest"], "--latest is for frames on standard input"),
      (["a.png", "--raw", "8x8:rgb24"], "--raw is for frames on standard input"),
      (["a.png", "--frames", "3"], "--frames is for frames on standard input"),
    ])
  func wrongWords(words: [String], expected: String) throws {
    let outcome = try swiftlet(["run", "missing.swiftlet"] + words, input: Data())
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    #expect(outcome.errors.filter { $0 == "\n" }.count == 1)
  }
}
