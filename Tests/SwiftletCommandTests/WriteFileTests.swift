import Foundation
import SwiftletRunCommands
import SwiftletTestSupport
import Testing

@Suite("Written files")
struct WriteFileTests {
  @Test("A file is written, replaced, and written through a symbolic link")
  func replaced() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a"
      try System.writeFile(path, [1, 2, 3])
      try System.writeFile(path, [4])
      let replaced = try System.readFile(path, limit: 9)
      #expect(replaced == [4])
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: path)
      try System.writeFile(folder + "/link", [5, 6])
      let linked = try System.readFile(path, limit: 9)
      #expect(linked == [5, 6])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["a", "link"])
    }
  }

  @Test("A path that cannot be written is named, and nothing is left")
  func refused() throws {
    try withTemporaryFolder { folder in
      for path in [
        folder, folder + "/missing/a", folder + "/" + String(repeating: "n", count: 256),
      ] {
        #expect(throws: System.FileError.self) { try System.writeFile(path, [1]) }
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test("Devices are written directly")
  func device() throws {
    try System.writeFile("/dev/null", [1, 2, 3])
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    #expect(throws: System.FileError.self) { try System.writeFile("/dev/full", [1]) }
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }
}
