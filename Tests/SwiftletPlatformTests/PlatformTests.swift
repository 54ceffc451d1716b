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

  @Test(
    "Mapped and read bytes are the file's, for lengths around pages and blocks",
    arguments: [0, 1, 4095, 4096, 4097, 65_536, 65_537, 200_000])
  func bytes(count: Int) throws {
    try withTemporaryFolder { folder in
      var random = SplitMix64(seed: UInt64(count))
      let expected = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let path = folder + "/file"
      try Data(expected).write(to: URL(fileURLWithPath: path))
      let mapped = try MappedBytes(path: path)
      #expect(mapped.count == count)
      #expect(mapped.withUnsafeBytes { Array($0) } == expected)
      #expect(MappedBytes(expected).withUnsafeBytes { Array($0) } == expected)
      #expect(Platform.contents(path) == expected)
    }
  }

  @Test("What is not there is no file")
  func missing() {
    #expect(Platform.contents("/nonexistent/file") == nil)
    #expect(Platform.contents("/") == nil)
    do throws(SystemError) {
      _ = try MappedBytes(path: "/nonexistent/file")
      Issue.record("mapped what is not there")
    } catch {
      #expect(error.number == 2)
    }
  }

  @Test("Bytes are written whole, or not at all with the reason")
  func writing() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
      #expect(Platform.writeAll(bytes, to: descriptor))
      close(descriptor)
      #expect(FileManager.default.contents(atPath: path) == Data(bytes))
      #expect(!Platform.writeAll([1], to: -1))
    }
  }

  @Test(
    "Numbers are printed as Foundation prints them",
    arguments: [0, -0.0, 0.005, 1.5, -2.675, 99.995, 1e22, -1.7e308, .infinity] as [Double])
  func fixed(value: Double) {
    for places in [0, 1, 2, 17] {
      #expect(Platform.fixed(value, places) == String(format: "%.\(places)f", value))
    }
  }

  @Test("At least one core")
  func cores() {
    #expect(Platform.coreCount() >= 1)
  }
}
