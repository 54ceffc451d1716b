import SwiftletTestSupport
import Testing

@testable import SwiftletImage
@testable import SwiftletPixels

@Suite struct HostileImageTests {
  static let files = [
    "rgb8.png", "palette4-interlaced.png", "ycc420.jpg", "ycc420-progressive.jpg",
    "ycc420-restarts.jpg", "cmyk.jpg", "exif6-big.jpg",
  ]

  @Test("No part of a file from its start passes for an image", arguments: files)
  func truncationsAreErrors(_ name: String) {
    let bytes = fixture(name)
    #expect(decodingError(bytes) == nil)
    for length in 0..<bytes.count {
      #expect(decodingError(Array(bytes[..<length])) != nil, "cut to \(length) bytes")
    }
  }

  @Test("Any changed byte of a PNG without optional chunks is an error")
  func checksumsAreChecked() {
    var random = SplitMix64(seed: 5)
    let bytes = fixture("rgb8.png")
    // The last four bytes are the end mark's checksum, which covers no data; libpng stopped
    // checking it.
    for position in bytes.indices.dropLast(4) {
      var changed = bytes
      changed[position] ^= UInt8.random(in: 1...255, using: &random)
      #expect(decodingError(changed) != nil, "byte \(position)")
    }
  }

  @Test("Changed bytes give an error or a whole image", arguments: files)
  func changedBytesNeverCrash(_ name: String) {
    var random = SplitMix64(seed: 6)
    let bytes = fixture(name)
    var errors = 0
    for _ in 0..<400 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        changed[Int.random(in: 2..<bytes.count, using: &random)] =
          UInt8.random(in: 0...255, using: &random)
      }
      switch decode(changed) {
      case .success(let image):
        #expect(image.pixels.count == image.width * image.height * 3)
      case .failure:
        errors += 1
      }
    }
    #expect(errors > 0)
  }

  @Test(
    "Sizes over the limit are refused by the header alone",
    arguments: [(1 << 26, 2), (8193, 8192), (100_000, 100_000), (0x7FFF_FFFF, 0x7FFF_FFFF)])
  func hugePNGsAreRefused(width: Int, height: Int) {
    // Nothing but the header and the start of image data: decoding it would be another error.
    let header = bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0]
    let bytes = fixture("rgb8.png").prefix(8) + chunk("IHDR", header) + chunk("IDAT", [])
    #expect(
      decodingError(Array(bytes))
        == .tooLarge(width: width, height: height, limit: ImageReader.maximumPixelCount))
  }

  @Test func sizesWithinTheLimitAreNotRefused() {
    let header = bigEndian(8192) + bigEndian(8192) + [8, 2, 0, 0, 0]
    let bytes = fixture("rgb8.png").prefix(8) + chunk("IHDR", header) + chunk("IDAT", [])
    #expect(decodingError(Array(bytes)) == .truncated(.png))
  }

  @Test func hugeJPEGsAreRefused() {
    let bytes = nonInterleavedJPEG(scans: 3, width: 65500, height: 65500)
    #expect(
      decodingError(bytes)
        == .tooLarge(width: 65500, height: 65500, limit: ImageReader.maximumPixelCount))
  }

  @Test func scansWithoutEndAreRefused() throws {
    let grey = PixelImage(width: 8, height: 8, pixels: [UInt8](repeating: 128, count: 192))
    #expect(try decode(nonInterleavedJPEG(scans: 3, width: 8, height: 8)).get() == grey)
    #expect(try decode(nonInterleavedJPEG(scans: 500, width: 8, height: 8)).get() == grey)
    #expect(
      decodingError(nonInterleavedJPEG(scans: 501, width: 8, height: 8))
        == .damaged(.jpeg, reason: "more than 500 scans"))
  }

  @Test(
    "Scan parameters that a baseline decoder does not read may be anything",
    arguments: ["ycc420.jpg", "ycc420-restarts.jpg", "grey.jpg", "cmyk.jpg"],
    [[0, 0, 0], [0, 0, 0x21], [5, 3, 0xFF], [255, 255, 255]] as [[UInt8]])
  func scanParameters(_ name: String, _ parameters: [UInt8]) throws {
    let bytes = fixture(name)
    let changed = withScanParameters(parameters, in: bytes)
    #expect(changed != bytes)
    #expect(try decode(changed).get() == decode(bytes).get())
  }

  @Test("In every scan of several too")
  func scanParametersOfSeveralScans() throws {
    let bytes = nonInterleavedJPEG(scans: 3, width: 8, height: 8)
    let changed = withScanParameters([0, 0, 0], in: bytes)
    #expect(try decode(changed).get() == decode(bytes).get())
  }

  @Test("In a progressive image they are read, and wrong ones are an error")
  func scanParametersOfProgressiveImages() {
    let bytes = fixture("ycc420-progressive.jpg")
    for parameters in [[0, 63, 0], [5, 3, 0], [0, 0, 0xEE]] as [[UInt8]] {
      #expect(decodingError(withScanParameters(parameters, in: bytes)) != nil)
    }
  }

  @Test func unusualJPEGsAreNamedAsSuch() {
    var bytes = nonInterleavedJPEG(scans: 3, width: 8, height: 8)
    guard let precision = bytes.indices.first(where: { bytes[$0...].starts(with: [0xFF, 0xC0]) })
    else {
      Issue.record("no frame header")
      return
    }
    bytes[precision + 4] = 12
    guard case .unsupported(.jpeg, let reason) = decodingError(bytes) else {
      Issue.record("expected an unsupported depth")
      return
    }
    #expect(reason.contains("12") || reason.contains("8 bits"))
  }
}

/// The file with other last bytes (Ss, Se, Ah and Al) in the header of every scan.
private func withScanParameters(_ parameters: [UInt8], in bytes: [UInt8]) -> [UInt8] {
  var changed = bytes
  var position = 2
  while position + 4 < bytes.count, bytes[position] == 0xFF {
    let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
    if bytes[position + 1] == 0xDA {
      changed.replaceSubrange((end - 3)..<end, with: parameters)
      position = end
      // Compressed data, up to a marker that is no stuffed zero and no restart.
      while position + 1 < bytes.count,
        bytes[position] != 0xFF || bytes[position + 1] == 0
          || (0xD0...0xD7).contains(bytes[position + 1])
      {
        position += 1
      }
    } else {
      position = end
    }
    if position + 1 < bytes.count, bytes[position + 1] == 0xD9 { break }
  }
  return changed
}

/// A grey 4:4:4 JPEG made by hand: one scan for each component in turn, each a block of zeros.
private func nonInterleavedJPEG(scans: Int, width: Int, height: Int) -> [UInt8] {
  func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [0xFF, marker] + bigEndian(payload.count + 2).suffix(2) + payload
  }
  let size = Array(bigEndian(height).suffix(2) + bigEndian(width).suffix(2))
  let components: [UInt8] = [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
  // One code of one bit, for the symbol 0: a zero difference, and the end of a block.
  let code: [UInt8] = [1] + [UInt8](repeating: 0, count: 16)
  var bytes: [UInt8] = [0xFF, 0xD8]
  bytes += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
  bytes += segment(0xC0, [8] + size + [3] + components)
  bytes += segment(0xC4, [0x00] + code) + segment(0xC4, [0x10] + code)
  for scan in 0..<scans {
    bytes += segment(0xDA, [1, UInt8(1 + scan % 3), 0, 0, 63, 0]) + [0x3F]
  }
  return bytes + [0xFF, 0xD9]
}

private func bigEndian(_ value: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

/// A PNG chunk with its checksum.
private func chunk(_ type: String, _ payload: [UInt8]) -> [UInt8] {
  let covered = Array(type.utf8) + payload
  var checksum: UInt32 = 0xFFFF_FFFF
  for byte in covered {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
  }
  return bigEndian(payload.count) + covered + bigEndian(Int(~checksum))
}
