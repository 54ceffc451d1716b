import Testing

@testable import SwiftletImage
@testable import SwiftletPixels

@Suite struct ResizeTests {
  @Test("Resizing gives Pillow's pixels", arguments: Case.all("resize"))
  func resizesLikePillow(_ item: Case) throws {
    let source = try ImageReader.read(fixturePath("resize-source.png"))
    let filter = try #require(item.filter)
    expectEqual(
      source.resized(width: item.number(1), height: item.number(2), filter: filter), item.expected)
  }

  @Test("Resizing and cropping gives torchvision's pixels", arguments: Case.all("preprocess"))
  func preprocessesLikeTorchvision(_ item: Case) throws {
    let source = try ImageReader.read(fixturePath("resize-source.png"))
    let resize = item.number(1)
    let filter = try #require(item.filter)
    let preprocessing = Preprocessing(
      resize: resize, cropWidth: item.number(2), cropHeight: item.number(3), filter: filter)
    expectEqual(try preprocessing.apply(to: source), item.expected)
    if resize > 0 {
      let steps = source.resizedShortSide(to: resize, filter: filter)
        .centerCropped(width: item.number(2), height: item.number(3))
      expectEqual(steps, item.expected)
    }
  }

  @Test("A line of pixels is not blown up beyond its crop", arguments: ResizeFilter.allCases)
  func extremeProportionsAreBounded(_ filter: ResizeFilter) throws {
    let preprocessing = Preprocessing(resize: 256, cropWidth: 6, cropHeight: 4, filter: filter)
    let gray = [UInt8](repeating: 77, count: 50_000 * 3)
    let expected = PixelImage(width: 6, height: 4, pixels: [UInt8](repeating: 77, count: 72))
    for image in [
      PixelImage(width: 50_000, height: 1, pixels: gray),
      PixelImage(width: 1, height: 50_000, pixels: gray),
    ] {
      expectEqual(try preprocessing.apply(to: image), expected)
    }
  }

  @Test("Memory for resizing is bounded where the whole image is squashed")
  func squashingIsBounded() throws {
    for filter in [ResizeFilter.bilinear, .bicubic] {
      let preprocessing = Preprocessing(
        resize: 0, cropWidth: 224, cropHeight: 224, filter: filter)
      #expect(throws: PixelError.self) {
        try PreprocessingPlan(preprocessing, width: 1, height: 1 << 26, channels: 3)
      }
      _ = try PreprocessingPlan(preprocessing, width: 1 << 13, height: 1 << 13, channels: 3)
    }
  }

  @Test(
    "The long side is rounded down",
    arguments: [
      (500, 375, 341, 256), (375, 500, 256, 341), (640, 427, 383, 256), (256, 256, 256, 256),
      (257, 256, 257, 256), (1, 3, 256, 768),
    ])
  func shortSideRule(width: Int, height: Int, newWidth: Int, newHeight: Int) {
    let size = PixelImage.size(forShortSide: 256, of: (width, height))
    #expect(size.width == newWidth)
    #expect(size.height == newHeight)
  }
}

@Suite struct CropTests {
  /// Python's round((length − crop) / 2), which rounds halves to even, written out.
  @Test(arguments: [
    (4, 4, 0), (5, 4, 0), (6, 4, 1), (7, 4, 2), (8, 4, 2), (9, 4, 2), (11, 4, 4), (341, 224, 58),
    (343, 224, 60), (3, 4, 0), (2, 4, -1), (1, 4, -1), (1, 5, -2),
  ])
  func centerRule(length: Int, crop: Int, start: Int) {
    #expect(PixelImage.centerCropStart(of: length, crop: crop) == start)
  }

  @Test("A crop takes what is inside and leaves the rest black")
  func cropsAnywhere() {
    let image = PixelImage(width: 4, height: 3, pixels: (0..<36).map { UInt8($0 + 1) })
    for x in -6...6 {
      for y in -5...5 {
        let crop = image.cropped(x: x, y: y, width: 5, height: 2)
        var expected: [UInt8] = []
        for row in y..<(y + 2) {
          for column in x..<(x + 5) {
            let isInside = (0..<3).contains(row) && (0..<4).contains(column)
            for channel in 0..<3 {
              expected.append(isInside ? UInt8((row * 4 + column) * 3 + channel + 1) : 0)
            }
          }
        }
        expectEqual(crop, PixelImage(width: 5, height: 2, pixels: expected))
      }
    }
  }
}
