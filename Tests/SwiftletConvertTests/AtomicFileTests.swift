import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

@Suite struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.swiftlet"
      try AtomicFile.write([1, 2, 3], to: path)
      try AtomicFile.write([4, 5], to: path)
      #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == [4, 5])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.swiftlet"])
    }
  }

  @Test func failureLeavesNothing() throws {
    try withTemporaryFolder { folder in
      // The target is a folder that is not empty: the last step, renaming, fails.
      let path = folder + "/a.swiftlet"
      try FileManager.default.createDirectory(
        atPath: path + "/inner", withIntermediateDirectories: true)
      #expect(throws: ConvertError.self) { try AtomicFile.write([1, 2, 3], to: path) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.swiftlet"])
    }
  }

  @Test func missingFolderIsNamed() {
    do {
      try AtomicFile.write([1], to: "/nonexistent/folder/a.swiftlet")
      Issue.record("wrote into a missing folder")
    } catch {
      #expect("\(error)".contains("/nonexistent/folder/a.swiftlet"))
    }
  }
}
