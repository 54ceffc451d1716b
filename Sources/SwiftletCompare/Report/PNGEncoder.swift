import SwiftletDigest

/// Writes small RGB pictures as PNG without compression, for thumbnails inside a report.
enum PNGEncoder {
  /// A whole PNG file. `pixels` holds `width · height` RGB triples, rows from the top.
  static func encode(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
    precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
    var scanlines: [UInt8] = []
    scanlines.reserveCapacity(height * (width * 3 + 1))
    for row in 0..<height {
      scanlines.append(0)
      scanlines.append(contentsOf: pixels[row * width * 3..<(row + 1) * width * 3])
    }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // 8 bits a sample, RGB, and the only compression, filter and no interlace.
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 2, 0, 0, 0]
    append(chunk: "IHDR", header, to: &file)
    append(chunk: "IDAT", storedZlib(scanlines), to: &file)
    append(chunk: "IEND", [], to: &file)
    return file
  }

  /// A zlib stream (RFC 1950) of stored deflate blocks (RFC 1951).
  static func storedZlib(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let length = min(65535, bytes.count - start)
      let isLast = start + length == bytes.count
      let size = UInt16(length)
      stream.append(isLast ? 1 : 0)
      stream.append(contentsOf: [UInt8(size & 255), UInt8(size >> 8)])
      stream.append(contentsOf: [UInt8(~size & 255), UInt8(~size >> 8)])
      stream.append(contentsOf: bytes[start..<start + length])
      start += length
    } while start < bytes.count
    return stream + bigEndian(adler32(bytes))
  }

  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return b << 16 | a
  }

  private static func append(chunk name: String, _ data: [UInt8], to file: inout [UInt8]) {
    let content = Array(name.utf8) + data
    file += bigEndian(UInt32(data.count)) + content + bigEndian(CRC32.of(content))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }
}
