import Testing

@testable import SwiftletImage
@testable import SwiftletPixels

/// Pillow's answers for all orientations and both byte orders are among the decoding fixtures;
/// here stands what is malformed.
@Suite struct OrientationTests {
  /// TIFF data, big-endian, with one directory entry.
  private func tiff(
    tag: UInt8 = 0x12, type: UInt8 = 3, value: [UInt8] = [0, 6, 0, 0], directory: UInt8 = 8,
    count: UInt8 = 1
  ) -> [UInt8] {
    [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, directory, 0, count]
      + [1, tag, 0, type, 0, 0, 0, 1] + value + [0, 0, 0, 0]
  }

  private func orientation(_ bytes: [UInt8]) -> Orientation {
    bytes.withUnsafeBytes { Orientation(exif: $0) }
  }

  @Test func theTagIsReadAsAShortOrALongNumber() {
    #expect(orientation(tiff()) == .turnedLeft)
    #expect(orientation(tiff(type: 4, value: [0, 0, 0, 8])) == .turnedRight)
  }

  @Test func malformedDataMeansUpright() {
    #expect(orientation([]) == .upright)
    #expect(orientation(tiff(tag: 0x13)) == .upright)
    #expect(orientation(tiff(type: 2)) == .upright)
    #expect(orientation(tiff(value: [0, 0, 0, 0])) == .upright)
    #expect(orientation(tiff(value: [0, 9, 0, 0])) == .upright)
    #expect(orientation(tiff(directory: 200)) == .upright)
    #expect(orientation(tiff(count: 0)) == .upright)
    #expect(orientation(tiff(tag: 0x13, count: 255)) == .upright)
    #expect(orientation([0x49, 0x49, 0x2A, 0, 0xFF, 0xFF, 0xFF, 0xFF]) == .upright)
  }

  @Test func cutDataNeverTraps() {
    let whole = tiff()
    for length in 0..<whole.count {
      // The value is complete after 20 bytes, the count of its padding aside.
      let expected: Orientation = length >= 20 ? .turnedLeft : .upright
      #expect(orientation(Array(whole[..<length])) == expected, "cut to \(length) bytes")
    }
  }
}
