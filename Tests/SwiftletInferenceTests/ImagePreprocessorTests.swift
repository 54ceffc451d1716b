import SwiftletInference
import SwiftletPixels
import SwiftletRuntime
import SwiftletTestSupport
import Testing

/// A picture of noise.
func noise(_ width: Int, _ height: Int, _ layout: PixelLayout, seed: UInt64) -> PixelImage {
  var random = SplitMix64(seed: seed)
  return PixelImage(
    width: width, height: height, layout: layout,
    pixels: (0..<(width * height * layout.channels)).map { _ in
      UInt8(truncatingIfNeeded: random.next())
    })
}

/// What makes an input in which each byte keeps its bits.
func plainRecord(
  _ format: PixelFormat, resize: Int, width: Int, height: Int, _ filter: ResizeFilter,
  input: Int = 0
) -> PreprocessingRecord {
  let channels = format.channelCount
  return PreprocessingRecord(
    input: UInt32(input), format: format, resize: UInt32(resize), cropHeight: UInt32(height),
    cropWidth: UInt32(width), interpolation: Interpolation(filter),
    mean: [Float](repeating: 0, count: channels),
    deviation: [Float](repeating: 1, count: channels),
    tables: (0..<channels).flatMap { _ in (0...255).map { UInt8($0) } })
}

@Suite("Image preprocessor")
struct ImagePreprocessorTests {
  private func values(
    _ preprocessor: inout ImagePreprocessor, _ picture: PixelImage
  ) throws -> [UInt8] {
    let geometry = preprocessor.geometry
    var input = [Int8](
      repeating: 0, count: geometry.cropWidth * geometry.cropHeight * preprocessor.layout.channels)
    try preprocessor.prepare(width: picture.width, height: picture.height, layout: picture.layout)
    picture.withView { view in
      input.withUnsafeMutableBufferPointer { preprocessor.fill($0, from: view) }
    }
    return input.map { UInt8(bitPattern: $0) }
  }

  /// The resize and the crop are compared with Pillow and torchvision in SwiftletImageTests; here
  /// they are taken one after the other on the whole picture.
  @Test(
    "Pictures of several sizes, one after the other, are resized and cropped",
    arguments: PixelFormat.allCases, ResizeFilter.allCases)
  func sizes(format: PixelFormat, filter: ResizeFilter) throws {
    let record = plainRecord(format, resize: 9, width: 8, height: 7, filter)
    var preprocessor = ImagePreprocessor(record)
    let layout = PixelLayout(format)
    #expect(preprocessor.layout == layout)
    #expect(layout.channels == format.channelCount)
    for (seed, size) in [(23, 17), (23, 17), (9, 9), (5, 40), (8, 7), (23, 17)].enumerated() {
      let picture = noise(size.0, size.1, layout, seed: UInt64(seed))
      let expected = picture.resizedShortSide(to: 9, filter: filter)
        .centerCropped(width: 8, height: 7)
      #expect(try values(&preprocessor, picture) == expected.pixels, "\(size)")
      #expect(try preprocessor.crop(picture) == expected, "\(size)")
    }
  }

  @Test("What a small picture does not cover is black, after larger ones too")
  func padding() throws {
    var preprocessor = ImagePreprocessor(
      plainRecord(.rgb, resize: 3, width: 6, height: 5, .bilinear))
    for (seed, size) in [(30, 6), (3, 3), (6, 30)].enumerated() {
      let picture = noise(size.0, size.1, .rgb, seed: UInt64(seed))
      let expected = picture.resizedShortSide(to: 3, filter: .bilinear)
        .centerCropped(width: 6, height: 5)
      #expect(try values(&preprocessor, picture) == expected.pixels, "\(size)")
    }
  }

  @Test("Channels are filtered each by itself", arguments: ResizeFilter.allCases)
  func channels(filter: ResizeFilter) {
    let colours = noise(13, 11, .rgba, seed: 3)
    let resized = colours.resized(width: 7, height: 5, filter: filter)
    for channel in 0..<4 {
      let single = PixelImage(
        width: 13, height: 11, layout: .grey,
        pixels: stride(from: channel, to: colours.pixels.count, by: 4).map { colours.pixels[$0] })
      #expect(
        single.resized(width: 7, height: 5, filter: filter).pixels
          == stride(from: channel, to: resized.pixels.count, by: 4).map { resized.pixels[$0] })
    }
  }

  @Test("Squashing changes the proportions")
  func squash() throws {
    var preprocessor = ImagePreprocessor(
      plainRecord(.rgb, resize: 0, width: 4, height: 9, .bicubic))
    let picture = noise(20, 10, .rgb, seed: 5)
    #expect(
      try values(&preprocessor, picture)
        == picture.resized(width: 4, height: 9, filter: .bicubic).pixels)
  }

  @Test("Pictures of another layout than the input's are converted first")
  func layouts() throws {
    let make = { ImagePreprocessor(plainRecord($0, resize: 0, width: 2, height: 1, .nearest)) }
    // Two pixels: red 200, green 100, blue 50 and opacity 7; then 0, 255, 1 and 255.
    let pictures: [(PixelLayout, [UInt8])] = [
      (.rgb, [200, 100, 50, 0, 255, 1]), (.bgr, [50, 100, 200, 1, 255, 0]),
      (.rgba, [200, 100, 50, 7, 0, 255, 1, 255]), (.bgra, [50, 100, 200, 7, 1, 255, 0, 255]),
    ]
    for (layout, pixels) in pictures {
      let picture = PixelImage(width: 2, height: 1, layout: layout, pixels: pixels)
      var colours = make(.rgb)
      #expect(try values(&colours, picture) == [200, 100, 50, 0, 255, 1], "\(layout)")
      var grey = make(.gray)
      // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2, and 0.587 · 255 + 0.114 = 149.8.
      #expect(try values(&grey, picture) == [124, 150], "\(layout)")
      var reversed = make(.bgr)
      #expect(try values(&reversed, picture) == [50, 100, 200, 1, 255, 0], "\(layout)")
      var opaque = make(.rgba)
      let opacity: UInt8 = layout.channels == 4 ? 7 : 255
      #expect(
        try values(&opaque, picture) == [200, 100, 50, opacity, 0, 255, 1, 255], "\(layout)")
    }
    let grey = PixelImage(width: 2, height: 1, layout: .grey, pixels: [9, 250])
    var colours = make(.rgb)
    #expect(try values(&colours, grey) == [9, 9, 9, 250, 250, 250])
  }

  @Test("A picture that would take too much memory is refused")
  func memory() {
    var preprocessor = ImagePreprocessor(
      plainRecord(.rgb, resize: 0, width: 224, height: 224, .bilinear))
    do {
      try preprocessor.prepare(width: 1, height: 1 << 26, layout: .rgb)
      Issue.record("accepted")
    } catch InferenceError.outOfMemory(let count) {
      #expect(count > 1 << 31)
    } catch {
      Issue.record("\(error)")
    }
  }
}
