import Foundation
import SwiftletPlatform
import SwiftletTestSupport
import Testing

@Suite("Platform")
struct PlatformTests {
  @Test("Files, folders, devices and nothing are told apart, behind links too")
  func kinds() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/file"
      #expect(FileManager.default.createFile(atPath: file, contents: Data([1])))
      let link = folder + "/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      #expect(PathKind(of: file) == .file)
      #expect(PathKind(of: link) == .file)
      #expect(PathKind(of: folder) == .folder)
      #expect(PathKind(of: "/dev/null") == .other)
      #expect(PathKind(of: folder + "/none") == .nothing(error: 2))
      #expect(PathKind(of: file + "/below") == .nothing(error: 20))
    }
  }

  @Test("Bytes are written whole, or not at all with the reason")
  func writing() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
      #expect(Platform.writeAll(bytes, to: descriptor) == 0)
      close(descriptor)
      #expect(FileManager.default.contents(atPath: path) == Data(bytes))
      #expect(Platform.writeAll([1], to: -1) == EBADF)
    }
  }

  @Test("A pipe that does not block is waited for, until its reader goes")
  func nonBlocking() throws {
    signal(SIGPIPE, SIG_IGN)
    var (ends, verdicts): ([Int32], [Int32]) = ([0, 0], [0, 0])
    try #require(pipe(&ends) == 0 && pipe(&verdicts) == 0)
    let (readEnd, writeEnd, verdictEnd) = (ends[0], ends[1], verdicts[1])
    try #require(fcntl(writeEnd, F_SETFL, O_NONBLOCK) == 0)
    // More than a pipe holds.
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let reader = Thread {
      var block = [UInt8](repeating: 0, count: 30_000)
      var position = 0
      while position < bytes.count {
        usleep(1000)
        let count = read(readEnd, &block, block.count)
        // Comparing the rest would be past the end if the second call's bytes have come too.
        let end = min(position + max(count, 0), bytes.count)
        guard count > 0, block[..<(end - position)] == bytes[position..<end] else { break }
        position = end
      }
      close(readEnd)
      _ = Platform.writeAll([position == bytes.count ? 1 : 0], to: verdictEnd)
    }
    reader.start()
    #expect(Platform.writeAll(bytes, to: writeEnd) == 0)
    // Full again before it fails, unless the reader has gone already.
    #expect(Platform.writeAll(bytes, to: writeEnd) == EPIPE)
    var isRight: UInt8 = 0
    #expect(read(verdicts[0], &isRight, 1) == 1 && isRight == 1)
    for descriptor in [writeEnd, verdicts[0], verdictEnd] { close(descriptor) }
  }

  @Test(
    "Numbers are printed as Foundation prints them",
    arguments: [0, -0.0, 0.005, 1.5, -2.675, 99.995, 1e22, -1.7e308, .infinity] as [Double])
  func fixed(value: Double) {
    for places in [0, 1, 2, 17] {
      #expect(Platform.fixed(value, places) == String(format: "%.\(places)f", value))
    }
  }

  @Test("Memory is there in small pieces, and not in pieces that no machine has")
  func memory() {
    #expect(Memory.isAvailable(0))
    #expect(Memory.isAvailable(1 << 20))
    #expect(!Memory.isAvailable(Int.max))
    #expect(!Memory.isAvailable(Int.max / 2))
    #expect(Memory.sum([1, 2, 3]) == 6)
    #expect(Memory.sum([Int.max, 1]) == Int.max)
    #expect(Memory.floats([3, 4]) == 28)
    #expect(Memory.floats([Int.max / 4, 1]) == Int.max)
  }

  @Test("At least one core")
  func cores() {
    #expect(Platform.processorCount >= 1)
  }
}
