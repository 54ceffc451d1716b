import Foundation
import SwiftletPlatform
import SwiftletTestSupport
import Testing

@Suite("Files read whole")
struct FileContentsTests {
  /// The problem of a file; nil when it was read.
  private func problem(
    _ path: String, _ access: FileContents.Access, limit: Int = .max
  ) -> FileProblem? {
    do throws(FileProblem) {
      _ = try FileContents(path: path, access, limit: limit)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "Bytes are the file's, however they are read, for lengths around pages and blocks",
    arguments: [0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 200_000])
  func bytes(count: Int) throws {
    try withTemporaryFolder { folder in
      var random = SplitMix64(seed: UInt64(count))
      let expected = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let path = folder + "/file"
      try Data(expected).write(to: URL(fileURLWithPath: path))
      for access in [FileContents.Access.read, .stream] {
        let file = try FileContents(path: path, access, limit: count)
        #expect(file.count == count)
        #expect(file.withUnsafeBytes { Array($0) } == expected)
        #expect(try file.copy() == expected)
        if count > 0 {
          #expect(problem(path, access, limit: count - 1) == .tooLong(length: count), "\(access)")
        }
      }
    }
  }

  @Test("What is not there is no file")
  func missing() throws {
    try withTemporaryFolder { folder in
      #expect(FileManager.default.createFile(atPath: folder + "/file", contents: Data([1])))
      for access in [FileContents.Access.read, .stream] {
        #expect(problem(folder + "/none", access) == .system(number: ENOENT))
        #expect(problem(folder + "/file/below", access) == .system(number: ENOTDIR))
        #expect(problem(folder, access) == .folder)
      }
    }
  }

  @Test("Pipes and devices are streams, and not files")
  func streams() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      let address = folder + "/socket"
      let listener = socket(AF_UNIX, streamSocket, 0)
      defer { close(listener) }
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      let isShort = withUnsafeMutableBytes(of: &name.sun_path) { bytes in
        guard address.utf8.count < bytes.count else { return false }
        bytes.copyBytes(from: address.utf8)
        return true
      }
      try #require(isShort)
      let bound = withUnsafePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(bound == 0)
      for other in [path, address, "/dev/null"] {
        #expect(problem(other, .read) == .notRegular, "\(other)")
      }
      #expect(try FileContents(path: "/dev/null", .stream).count == 0)
      // A file that the system makes up as it is read, and says to be empty.
      let status = try FileContents(path: "/proc/self/status", .stream).copy()
      #expect(String(decoding: status, as: UTF8.self).hasPrefix("Name:"))
      #expect(problem("/dev/zero", .stream, limit: 1000) == .tooLong(length: 1001))

      // More than a pipe holds at a time.
      let expected = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let writer = Thread {
        let descriptor = open(path, O_WRONLY)
        _ = Platform.writeAll(expected, to: descriptor)
        close(descriptor)
      }
      writer.start()
      #expect(try FileContents(path: path, .stream).copy() == expected)
    }
  }

  @Test("Too little memory is a problem, not the end")
  func memory() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/sparse"
      let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
      // More than addresses there are, and nothing on the disk.
      let length = 1 << 47
      let isMade = ftruncate(descriptor, length) == 0
      close(descriptor)
      // Some file systems have no files of that length.
      if isMade {
        #expect(problem(path, .read) == .outOfMemory)
        #expect(problem(path, .stream) == .outOfMemory)
        #expect(problem(path, .stream, limit: 1 << 20) == .tooLong(length: (1 << 20) + 1))
      }
    }
  }

  #if canImport(Glibc)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
  #else
    private let streamSocket = SOCK_STREAM
  #endif
}
