import Foundation
import SwiftletPlatform
import SwiftletTestSupport
import Testing

/// The bytes of a file.
private func written(_ path: String) throws(FileProblem) -> [UInt8] {
  try FileContents(path: path, .stream).copy()
}

@Suite("Files written whole")
struct AtomicFileTests {
  @Test("A file is written, replaced, and written through a link", arguments: [true, false])
  func writesAndReplaces(syncs: Bool) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a"
      try AtomicFile.write([1, 2, 3], to: path, syncs: syncs)
      try AtomicFile.write([4], to: path, syncs: syncs)
      #expect(try written(path) == [4])
      let link = folder + "/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try AtomicFile.write([5, 6], to: link, syncs: syncs)
      #expect(try written(path) == [5, 6])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["a", "link"])
    }
  }

  @Test("Links stay links when nothing is behind them yet")
  func danglingLinks() throws {
    try withTemporaryFolder { folder in
      let files = FileManager.default
      try files.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
      for (link, destination) in [
        ("first", "inner/second"), ("inner/second", "../file"), ("whole", folder + "/other"),
        ("lost", "missing/file"), ("loop", "inner/back"), ("inner/back", "../loop"),
      ] {
        try files.createSymbolicLink(atPath: folder + "/" + link, withDestinationPath: destination)
      }
      for contents: [UInt8] in [[1, 2], [3]] {
        try AtomicFile.write(contents, to: folder + "/first")
        try AtomicFile.write(contents, to: folder + "/whole")
        #expect(try written(folder + "/file") == contents)
        #expect(try written(folder + "/other") == contents)
      }
      for (link, number) in [("lost", ENOENT), ("loop", ELOOP)] {
        #expect(throws: SystemError(number: number)) {
          try AtomicFile.write([1], to: folder + "/" + link)
        }
      }
      for link in ["first", "inner/second", "whole", "lost", "loop", "inner/back"] {
        #expect(throws: Never.self) {
          try files.destinationOfSymbolicLink(atPath: folder + "/" + link)
        }
      }
      let names = try files.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["file", "first", "inner", "loop", "lost", "other", "whole"])
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
