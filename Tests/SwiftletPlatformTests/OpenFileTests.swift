import Foundation
import SwiftletPlatform
import SwiftletTestSupport
import Testing

@Suite("Files read piece by piece")
struct OpenFileTests {
  /// `count` bytes from `offset` on, or why they could not be read.
  private func read(_ file: OpenFile, _ offset: Int, _ count: Int) -> Result<[UInt8], FileProblem> {
    var bytes = [UInt8](repeating: 7, count: count)
    let problem = bytes.withUnsafeMutableBytes { buffer -> FileProblem? in
      do throws(FileProblem) {
        try file.read(at: offset, into: buffer)
        return nil
      } catch {
        return error
      }
    }
    return problem.map { .failure($0) } ?? .success(bytes)
  }

  @Test("Bytes are those of the place, and what a truncated file has lost is a problem")
  func reading() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      let content = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try Data(content).write(to: URL(fileURLWithPath: path))
      let file = try OpenFile(path: path)
      #expect(file.count == 10_000 && file.isUnchanged)
      #expect(read(file, 0, 10_000) == .success(content))
      #expect(read(file, 9_990, 10) == .success(Array(content[9_990...])))
      #expect(read(file, 10_000, 0) == .success([]))
      try #require(truncate(path, 5_000) == 0)
      #expect(!file.isUnchanged)
      #expect(read(file, 4_999, 1) == .success([content[4_999]]))
      #expect(read(file, 4_999, 2) == .failure(.shortened))
    }
  }

  @Test("A file that is written to is not unchanged, though it keeps its length")
  func changes() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      var old = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
      try #require(utimes(path, &old) == 0)
      let file = try OpenFile(path: path)
      #expect(file.isUnchanged)
      let handle = try #require(FileHandle(forUpdatingAtPath: path))
      handle.write(Data([9]))
      #expect(!file.isUnchanged)
    }
  }

  @Test("What is no regular file is refused, and nobody waits for a pipe")
  func refusals() throws {
    try withTemporaryFolder { folder in
      try #require(mkfifo(folder + "/pipe", 0o600) == 0)
      let cases: [(path: String, problem: FileProblem)] = [
        (folder, .folder), (folder + "/pipe", .notRegular), ("/dev/null", .notRegular),
        (folder + "/none", .system(number: ENOENT)),
      ]
      for (path, expected) in cases {
        do throws(FileProblem) {
          _ = try OpenFile(path: path)
          Issue.record("opened \(path)")
        } catch {
          #expect(error == expected, "\(path)")
        }
      }
    }
  }

  @Test("A stream ends, or is cut off at its limit")
  func streams() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try Data(repeating: 5, count: 1_000).write(to: URL(fileURLWithPath: path))
      for length in [1, 7, 1_000, 5_000] {
        let stream = try ByteStream(path: path, limit: 1_000, pieceLength: length)
        var count = 0
        while case let piece = try stream.next(), !piece.isEmpty { count += piece.count }
        #expect(count == 1_000)
      }
      let zeros = try ByteStream(path: "/dev/zero", limit: 200_000)
      var count = 0
      do throws(FileProblem) {
        while true { count += try zeros.next().count }
      } catch {
        guard case .tooLong = error else {
          Issue.record("\(error)")
          return
        }
      }
      #expect(count <= 200_000)
    }
  }
}
