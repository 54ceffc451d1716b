import SwiftletTestSupport
import Testing

@testable import SwiftletImage
@testable import SwiftletPixels

@Suite("Raw frames")
struct RawFrameTests {
  @Test(
    "A frame has the bytes of its planes, chroma rounded up",
    arguments: [
      (8, 8, RawPixelFormat.rgb24, nil, 192), (1, 1, .rgb24, nil, 3), (5, 3, .rgb24, 16, 48),
      (8, 8, .yuv420, nil, 96), (640, 480, .yuv420, nil, 460_800),
      (1, 1, .yuv420, nil, 3), (5, 3, .yuv420, nil, 15 + 2 * 6), (4, 3, .yuv420, nil, 12 + 2 * 4),
      (5, 4, .yuv420, nil, 20 + 2 * 6), (800, 600, .yuv420, 832, 748_800),
      (5, 3, .yuv420, 6, 18 + 2 * 6),
    ] as [(Int, Int, RawPixelFormat, Int?, Int)])
  func byteCount(width: Int, height: Int, format: RawPixelFormat, stride: Int?, count: Int) {
    let layout = RawFrameLayout(width: width, height: height, format: format, stride: stride)
    #expect(layout?.byteCount == count)
  }

  @Test(
    "Sizes out of range and strides shorter than a row are refused",
    arguments: [
      (0, 8, RawPixelFormat.rgb24, nil), (8, 0, .yuv420, nil), (16_385, 1, .rgb24, nil),
      (1, 16_385, .rgb24, nil), (16_384, 4_097, .yuv420, nil), (8, 8, .rgb24, 23),
      (8, 8, .yuv420, 7), (8, 8, .yuv420, 9), (8, 8, .rgb24, 262_145), (-1, 8, .rgb24, nil),
      (8, 16_384, .rgb24, 262_144),
    ] as [(Int, Int, RawPixelFormat, Int?)])
  func refused(width: Int, height: Int, format: RawPixelFormat, stride: Int?) {
    #expect(
      RawFrameLayout(width: width, height: height, format: format, stride: stride) == nil)
  }

  @Test("The largest sizes are accepted")
  func largest() {
    #expect(RawFrameLayout(width: 16_384, height: 4_096, format: .rgb24)?.byteCount == 201_326_592)
    #expect(RawFrameLayout(width: 1, height: 16_384, format: .yuv420) != nil)
  }

  @Test("rgb24 is taken as it is, without what pads the rows")
  func rgb() throws {
    let layout = try #require(RawFrameLayout(width: 2, height: 2, format: .rgb24, stride: 8))
    var converter = RawFrameConverter(layout, colours: .bt709)
    let frame: [UInt8] = [1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12, 99, 99]
    let image = frame.withUnsafeBytes { converter.image($0) }
    #expect(image == PixelImage(width: 2, height: 2, pixels: Array(1...12)))
  }

  @Test("Each pixel takes its own luma and the chroma of its 2×2 block", arguments: [nil, 6])
  func planes(stride: Int?) throws {
    // 5 × 3 pixels; every luma and chroma byte differs, and 255 pads.
    let luma = (0..<15).map { UInt8(10 * $0 + 20) }
    let blue: [UInt8] = [100, 110, 120, 130, 140, 150]
    let red: [UInt8] = [95, 105, 115, 125, 135, 145]
    var frame: [UInt8] = []
    for row in 0..<3 {
      frame += luma[(5 * row)..<(5 * row + 5)]
      if stride != nil { frame.append(255) }
    }
    frame += blue
    frame += red
    let layout = try #require(
      RawFrameLayout(width: 5, height: 3, format: .yuv420, stride: stride))
    var converter = RawFrameConverter(layout, colours: .bt601)
    let image = frame.withUnsafeBytes { converter.image($0) }
    let conversion = YUVConversion(.bt601)
    // Three chroma samples a row, so that of row 1 and column 4 is number 2.
    let samples: [Int] = [0, 0, 1, 1, 2, 0, 0, 1, 1, 2, 3, 3, 4, 4, 5]
    for (pixel, sample) in samples.enumerated() {
      let expected = conversion.colour(
        luma[pixel], conversion.chroma(blue[sample], red[sample]))
      let start = 3 * pixel
      #expect(Array(image.pixels[start..<(start + 3)]) == [expected.0, expected.1, expected.2])
    }
  }

  @Test("A converter used again gives each frame's own image")
  func again() throws {
    let layout = try #require(RawFrameLayout(width: 1, height: 1, format: .rgb24))
    var converter = RawFrameConverter(layout, colours: .jpeg)
    let images = [[1, 2, 3], [4, 5, 6]].map { (frame: [UInt8]) in
      frame.withUnsafeBytes { converter.image($0) }
    }
    #expect(images.map(\.pixels) == [[1, 2, 3], [4, 5, 6]])
  }

  @Test("A resizer used for several images gives what preprocessing each gives")
  func resizer() throws {
    var random = SplitMix64(seed: 7)
    for filter in ResizeFilter.allCases {
      let preprocessing = Preprocessing(resize: 9, cropWidth: 8, cropHeight: 7, filter: filter)
      var resizer = ImageResizer(preprocessing)
      for _ in 0..<2 {
        let pixels = (0..<(23 * 17 * 3)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let image = PixelImage(width: 23, height: 17, pixels: pixels)
        // The steps one by one, on the whole image.
        let expected = image.resizedShortSide(to: 9, filter: filter)
          .centerCropped(width: 8, height: 7)
        expectEqual(try resizer.crop(image), expected)
      }
    }
  }
}
