import SwiftletImage
import SwiftletPixels

/// Decodes images: an input's own bytes, PNG files with their checksums put right, and right files
/// with any bytes as EXIF data, which must be decoded whatever these are.
enum ImageTarget {
  private static let mostPixels = 250_000

  static func execute(_ input: inout Input) {
    switch input.byte() % 8 {
    case 0: exifInJPEG(&input)
    case 1: exifInPNG(&input)
    case 2, 3: rows(&input)
    case 4, 5:
      var bytes = input.rest()
      if bytes.starts(with: SmallImages.signature) { SmallImages.repairChecksums(&bytes) }
      decode(bytes)
    default: decode(input.rest())
    }
  }

  /// Whatever stands in an APP1 segment, the image is there, upright or turned.
  private static func exifInJPEG(_ input: inout Input) {
    let (width, height) = (1 + input.byte() % 24, 1 + input.byte() % 24)
    let head = input.byte() % 8 == 7 ? [] : Array("Exif\0\0".utf8)
    let content = head + input.take(60_000)
    let segment = [0xFF, 0xE1] + big(UInt16(content.count + 2)) + content
    require(
      SmallImages.jpeg(width: width, height: height, segments: segment), width, height)
    Counts.add("exif")
  }

  private static func exifInPNG(_ input: inout Input) {
    let (width, height) = (1 + input.byte() % 24, 1 + input.byte() % 24)
    let rows = [UInt8](repeating: 0, count: (width + 1) * height)
    let chunk = SmallImages.chunk("eXIf", input.rest())
    require(
      SmallImages.png(width: width, height: height, depth: 8, type: 0, chunks: chunk, rows: rows),
      width, height)
    Counts.add("exif")
  }

  private static func require(_ bytes: [UInt8], _ width: Int, _ height: Int) {
    // The decoder must not look for sizes in the segment, so neither does the harness.
    guard let image = decode(bytes, isSmall: true) else { Finding.fail("a right image is refused") }
    Finding.require(
      (image.width, image.height) == (width, height)
        || (image.width, image.height) == (height, width),
      "\(width) × \(height) pixels are read as \(image.width) × \(image.height)")
  }

  /// Pixels of any depth and type, filters and palettes, packed right.
  private static func rows(_ input: inout Input) {
    let types =
      [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4)]
      + [(3, 8), (4, 8), (4, 16), (6, 8), (6, 16)]
    let (type, depth) = input.choice(types)
    let (width, height) = (1 + input.byte() % 40, 1 + input.byte() % 20)
    let isInterlaced = input.isRare(64)
    let palette = (1 + input.byte()) * 3
    let samples = [1, 0, 3, 1, 2, 0, 4][type]
    var chunks: [UInt8] = []
    if type == 3 {
      chunks += SmallImages.chunk("PLTE", (0..<palette).map { UInt8(truncatingIfNeeded: $0) })
    }
    if input.isRare(64) { chunks += SmallImages.chunk("tRNS", input.take(input.byte() % 16)) }
    var length = height * (1 + (width * samples * depth + 7) / 8)
    // Adam7's passes have rows of their own; more bytes than are needed are no error.
    if isInterlaced { length = 2 * length + 8 * height }
    var rows = input.take(length)
    rows += [UInt8](repeating: 0, count: length - rows.count)
    decode(
      SmallImages.png(
        width: width, height: height, depth: depth, type: type, isInterlaced: isInterlaced,
        chunks: chunks, rows: rows))
  }

  /// Decodes, and prepares what is decoded. Nil where it is refused.
  @discardableResult private static func decode(
    _ bytes: [UInt8], isSmall: Bool = false
  ) -> PixelImage? {
    if !isSmall, isLarge(bytes) {
      Counts.add("too-large")
      return nil
    }
    do throws(ImageError) {
      let image = try bytes.withUnsafeBytes { buffer in
        Result<PixelImage, ImageError> { () throws(ImageError) in try ImageReader.decode(buffer) }
      }.get()
      Counts.add("decoded")
      Finding.require(
        image.pixels.count == 3 * image.width * image.height, "an image lacks pixels")
      prepare(image, hash(bytes.count, image.width))
      return image
    } catch {
      Finding.checkSentence(error)
      return nil
    }
  }

  private static func hash(_ a: Int, _ b: Int) -> Int { (a &* 31 &+ b &* 17) & 0x3FFF }

  private static func prepare(_ image: PixelImage, _ choice: Int) {
    let filters: [ResizeFilter] = [.nearest, .bilinear, .bicubic]
    let steps = Preprocessing(
      resize: choice % 3 == 0 ? 0 : 1 + choice % 61, cropWidth: 1 + choice % 37,
      cropHeight: 1 + choice % 29, filter: filters[choice % 3])
    do throws(PixelError) {
      let result = try steps.apply(to: image)
      Finding.require(
        result.width == steps.cropWidth && result.height == steps.cropHeight,
        "preprocessing gives \(result.width) × \(result.height) pixels")
    } catch {
      Finding.checkSentence(ImageError(error))
    }
  }

  /// Whether the header asks for more pixels than are worth the time; every reader checks its own
  /// limit, which the tests show.
  private static func isLarge(_ bytes: [UInt8]) -> Bool {
    func number(_ at: Int, _ length: Int) -> Int {
      at + length <= bytes.count ? bytes[at..<(at + length)].reduce(0) { $0 << 8 | Int($1) } : 0
    }
    if bytes.starts(with: SmallImages.signature) {
      return Double(number(16, 4)) * Double(number(20, 4)) > Double(mostPixels)
    }
    // Any start of a frame counts, whether or not a decoder would come to it.
    for index in bytes.indices.dropLast() where bytes[index] == 0xFF {
      let isFrame = (0xC0...0xCF).contains(bytes[index + 1])
      if isFrame, number(index + 5, 2) * number(index + 7, 2) > mostPixels { return true }
    }
    return false
  }
}
