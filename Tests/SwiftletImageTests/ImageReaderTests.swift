import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImage
@testable import SwiftletPixels

@Suite struct ImageReaderTests {
  @Test("A file gives Pillow's pixels", arguments: Case.all("decode"))
  func decodesLikePillow(_ file: Case) throws {
    expectEqual(try ImageReader.read(fixturePath(file.words[0])), file.expected)
  }

  @Test func contentDecidesTheFormatNotTheName() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/really-png.jpg"
      try Data(fixture("rgb8.png")).write(to: URL(fileURLWithPath: path))
      #expect(try ImageReader.read(path) == ImageReader.read(fixturePath("rgb8.png")))
    }
  }

  @Test func whatStandsAfterTheEndMarkIsIgnored() throws {
    for name in ["rgb8.png", "ycc420.jpg"] {
      let expected = try ImageReader.read(fixturePath(name))
      #expect(try decode(fixture(name) + [1, 2, 3, 0xFF, 0xD8, 0xFF]).get() == expected)
    }
  }

  @Test func filesThatCannotBeReadAreNamedForWhatTheyAre() throws {
    try withTemporaryFolder { folder in
      #expect(
        readingError(folder + "/missing.png")
          == .unreadable(reason: "No such file or directory"))
      #expect(readingError(folder) == .notAFile)
      #expect(readingError("/dev/null") == .notAFile)
      let empty = folder + "/empty.jpg"
      #expect(FileManager.default.createFile(atPath: empty, contents: nil))
      #expect(readingError(empty) == .empty)
      // A hole takes no room on the disk.
      let long = folder + "/long.jpg"
      #expect(FileManager.default.createFile(atPath: long, contents: nil))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: long))
      try handle.truncate(atOffset: UInt64(ImageReader.maximumFileLength + 1))
      try handle.close()
      #expect(
        readingError(long)
          == .fileTooLong(
            length: ImageReader.maximumFileLength + 1, limit: ImageReader.maximumFileLength))
    }
  }

  @Test func errorsAreSentencesThatSayWhatWasFound() {
    #expect(
      decodingError(Array("GIF89a and more".utf8))?.description
        == """
        expected a JPEG or PNG image, found a GIF image that starts with the bytes \
        47 49 46 38 39 61 20 61
        """)
    #expect(
      decodingError(Array(fixture("rgb8.png").dropLast()))?.description
        == """
        expected a whole PNG image, found one that ends before its last pixel or end mark
        """)
    #expect(
      ImageError.tooLarge(width: 70000, height: 1000, limit: 1 << 26).description
        == "expected an image of at most 67108864 pixels, found 70000 × 1000")
    #expect(
      ImageError.damaged(.jpeg, reason: "Bogus marker length").description
        == "expected an intact JPEG image, found damage: Bogus marker length")
  }
}
