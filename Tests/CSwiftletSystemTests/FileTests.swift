import CSwiftletSystem
import Foundation
import SwiftletTestSupport
import Testing

@Suite struct FileTests {
  /// Opens both ways and expects the same error of both.
  private func expectError(
    _ error: Int32, _ problem: SwlFileProblem, _ path: String, maximum: Int64 = 1 << 30,
    length: Int64 = 0
  ) {
    for map: Int32 in [0, 1] {
      var file = swl_file_open(path, map, maximum)
      #expect(file.error == error, "map \(map)")
      #expect(SwlFileProblem(UInt32(file.problem)) == problem, "map \(map)")
      #expect(file.bytes == nil && file.length == length)
      swl_file_close(&file)
    }
  }

  @Test func whatIsNoFileIsAnError() throws {
    try withTemporaryFolder { folder in
      expectError(ENOENT, SWL_FILE_SYSTEM_ERROR, folder + "/missing")
      expectError(EISDIR, SWL_FILE_FOLDER, folder)
      #expect(FileManager.default.createFile(atPath: folder + "/empty", contents: Data()))
      expectError(ENODATA, SWL_FILE_EMPTY, folder + "/empty")
      expectError(ENOTDIR, SWL_FILE_SYSTEM_ERROR, folder + "/empty/below")
      expectError(EINVAL, SWL_FILE_NOT_REGULAR, "/dev/null")
      // Opening a pipe that nobody writes must not wait.
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      expectError(EINVAL, SWL_FILE_NOT_REGULAR, folder + "/pipe")
    }
  }

  @Test func theLimitIsInclusive() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try Data(repeating: 7, count: 1000).write(to: URL(fileURLWithPath: path))
      expectError(EFBIG, SWL_FILE_TOO_LONG, path, maximum: 999, length: 1000)
      expectError(EFBIG, SWL_FILE_TOO_LONG, path, maximum: 0, length: 1000)
      for map: Int32 in [0, 1] {
        var file = swl_file_open(path, map, 1000)
        #expect(file.error == 0 && file.length == 1000)
        swl_file_close(&file)
      }
    }
  }

  @Test(arguments: [1, 63, 64, 65, 4095, 4096, 4097, 300_001])
  func mappedAndReadAreEqual(_ length: Int) throws {
    try withTemporaryFolder { folder in
      var random = SplitMix64(seed: UInt64(length))
      let contents = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let path = folder + "/file"
      try Data(contents).write(to: URL(fileURLWithPath: path))
      for map: Int32 in [0, 1] {
        var file = swl_file_open(path, map, 1 << 30)
        #expect(file.error == 0 && file.is_mapped == map && file.length == Int64(length))
        #expect(UInt(bitPattern: file.bytes) % 64 == 0)
        #expect(Array(UnsafeBufferPointer(start: file.bytes, count: Int(file.length))) == contents)
        swl_file_close(&file)
        #expect(file.bytes == nil && file.length == 0)
        swl_file_close(&file)
      }
    }
  }

  @Test func descriptorsAreClosed() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      // More often than a process may have files open by default.
      for round in 0..<3000 {
        var file = swl_file_open(path, Int32(round % 2), 3)
        #expect(file.error == 0)
        if file.error != 0 { return }
        swl_file_close(&file)
        var refused = swl_file_open(path, Int32(round % 2), 2)
        swl_file_close(&refused)
      }
    }
  }

  @Test(arguments: [0, 1, 63, 64, 65, 100_000])
  func allocationsAreAlignedAndZero(_ length: Int64) {
    let memory = swl_aligned_alloc(length)
    #expect(memory != nil)
    #expect(UInt(bitPattern: memory) % 64 == 0)
    let bytes = UnsafeRawBufferPointer(start: memory, count: Int(length))
    #expect(bytes.allSatisfy { $0 == 0 })
    swl_aligned_free(memory)
  }

  @Test func impossibleAllocationsAreNull() {
    #expect(swl_aligned_alloc(-1) == nil)
    #expect(swl_aligned_alloc(Int64.max) == nil)
    #expect(swl_aligned_alloc(Int64.max - 63) == nil)
    swl_aligned_free(nil)
  }
}
