import Foundation
import SwiftletPlatform
import SwiftletTestSupport
import Testing

@Suite("Files that replace others")
struct ReplacementTests {
  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test(
    "A file has the permissions of the one that it replaces, whatever new ones have",
    arguments: [0o600, 0o640, 0o644, 0o666, 0o755, 0o400, 0o000] as [mode_t])
  func permissions(wanted: mode_t) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try AtomicFile.write([1], to: path)
      try #require(chmod(path, wanted) == 0)
      try AtomicFile.write([2], to: path)
      #expect(mode(path) == wanted)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: "file")
      try AtomicFile.write([3], to: folder + "/link")
      #expect(mode(path) == wanted)
      if wanted & 0o400 != 0 {
        #expect(FileManager.default.contents(atPath: path) == Data([3]))
      }
    }
  }

  @Test("A folder whose name is not UTF-8 gets the file, and no other folder does")
  func otherBytes() throws {
    try withTemporaryFolder { folder in
      let name: [CChar] = folder.utf8CString.dropLast() + [0x2F, -1, 0x61, 0]
      try #require(mkdir(name, 0o700) == 0)
      let target: [CChar] = [-1, 0x61, 0]
      try #require(symlink(target, folder + "/link") == 0)
      try AtomicFile.write([1], to: folder + "/link/file")
      let file: [CChar] = name.dropLast() + [0x2F, 0x66, 0x69, 0x6C, 0x65, 0]
      #expect(access(file, F_OK) == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count <= 2)
      // A link to a name that is not there yet, and not UTF-8 either.
      let missing: [CChar] = [-2, 0x62, 0]
      try #require(symlink(missing, folder + "/second") == 0)
      try AtomicFile.write([2], to: folder + "/second")
      let made: [CChar] = folder.utf8CString.dropLast() + [0x2F, -2, 0x62, 0]
      #expect(access(made, F_OK) == 0)
    }
  }

  @Test("Paths that lead to one file have one identity, before and after it is there")
  func identities() throws {
    try withTemporaryFolder { folder in
      let files = FileManager.default
      try files.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
      try files.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "inner/a")
      try files.createSymbolicLink(atPath: folder + "/door", withDestinationPath: "inner")
      let one = ["inner/a", "./inner/a", "inner/../inner/a", "link", "door/a", "inner//a"]
        .map { folder + "/" + $0 }
      for isThere in [false, true] {
        if isThere { #expect(files.createFile(atPath: folder + "/inner/a", contents: nil)) }
        let identities = one.map { FileIdentity($0) }
        #expect(identities[0] != nil)
        #expect(Set(identities).count == 1, "\(isThere)")
        #expect(FileIdentity(folder + "/inner/b") != identities[0])
        #expect(FileIdentity(folder + "/a") != identities[0])
      }
      try #require(link(folder + "/inner/a", folder + "/hard") == 0)
      #expect(FileIdentity(folder + "/hard") == FileIdentity(one[0]))
      #expect(FileIdentity(folder + "/none/a") == nil)
    }
  }
}
