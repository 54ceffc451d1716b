import Foundation
import SwiftletPlatform
import SwiftletTestSupport
import Testing

@Suite("Files written whole")
struct AtomicFileTests {
  @Test("A file is written, replaced, and written through a link", arguments: [true, false])
  func writesAndReplaces(syncs: Bool) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a"
      try AtomicFile.write([1, 2, 3], to: path, syncs: syncs)
      try AtomicFile.write([4], to: path, syncs: syncs)
      #expect(try Platform.contents(path) == [4])
      let link = folder + "/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try AtomicFile.write([5, 6], to: link, syncs: syncs)
      #expect(try Platform.contents(path) == [5, 6])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["a", "link"])
    }
  }

  @Test("What fails leaves nothing, at the first step or the last")
  func failureLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let full = folder + "/full"
      try FileManager.default.createDirectory(
        atPath: full + "/inner", withIntermediateDirectories: true)
      for (path, number) in [
        (full, EISDIR), (folder + "/missing/a", ENOENT),
        (folder + "/" + String(repeating: "n", count: 256), ENAMETOOLONG),
      ] {
        #expect(throws: SystemError(number: number)) { try AtomicFile.write([1, 2, 3], to: path) }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["full"])
    }
  }

  @Test("Devices are written directly")
  func device() throws {
    try AtomicFile.write([1, 2, 3], to: "/dev/null")
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    #expect(throws: SystemError(number: ENOSPC)) { try AtomicFile.write([1], to: "/dev/full") }
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }
}
