/// Small image files, written here so that the harness knows what is in them.
enum SmallImages {
  /// A grey JPEG image, all pixels alike; `segments` (with marker and length) stand before the
  /// frame's own.
  static func jpeg(width: Int, height: Int, segments: [UInt8] = []) -> [UInt8] {
    var bytes: [UInt8] = [0xFF, 0xD8] + segments
    bytes += [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 1, count: 64)
    bytes += [0xFF, 0xC0, 0, 11, 8] + big(UInt16(height)) + big(UInt16(width)) + [1, 1, 0x11, 0]
    // One code of one bit in each table: no difference, and the end of the block.
    for table: UInt8 in [0x00, 0x10] {
      bytes += [0xFF, 0xC4, 0, 20, table, 1] + [UInt8](repeating: 0, count: 15) + [0]
    }
    bytes += [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
    let bits = 2 * ((width + 7) / 8) * ((height + 7) / 8)
    bytes += [UInt8](repeating: 0, count: bits / 8)
    if bits % 8 != 0 { bytes.append(0xFF >> UInt8(bits % 8)) }
    return bytes + [0xFF, 0xD9]
  }

  /// A PNG chunk with its right checksum.
  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(type.utf8) + data
    return big(UInt32(data.count)) + content + big(crc(content[...]))
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A PNG image of these rows (each with its filter's number before it), `chunks` before the data.
  static func png(
    width: Int, height: Int, depth: Int, type: Int, isInterlaced: Bool = false,
    chunks: [UInt8] = [], rows: [UInt8]
  ) -> [UInt8] {
    let head =
      big(UInt32(width)) + big(UInt32(height))
      + [UInt8(depth), UInt8(type), 0, 0, isInterlaced ? 1 : 0]
    return signature + chunk("IHDR", head) + chunks + chunk("IDAT", stored(rows))
      + chunk("IEND", [])
  }

  /// A zlib stream of stored blocks.
  private static func stored(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x01]
    var position = 0
    repeat {
      let count = min(65535, data.count - position)
      bytes.append(position + count == data.count ? 1 : 0)
      bytes += little(UInt16(count)) + little(~UInt16(count))
      bytes += data[position..<(position + count)]
      position += count
    } while position < data.count
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in data {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return bytes + big(b << 16 | a)
  }

  /// Puts right the checksums of the chunks of a file that begins as PNG files do.
  static func repairChecksums(_ bytes: inout [UInt8]) {
    var position = 8
    while bytes.count - position >= 12 {
      let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - position - 12 else { return }
      let end = position + 8 + length
      bytes.replaceSubrange(end..<(end + 4), with: big(crc(bytes[(position + 4)..<end])))
      position = end + 4
    }
  }

  private static let crcTable: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    return value
  }

  private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value = ~UInt32(0)
    for byte in bytes { value = value >> 8 ^ crcTable[Int((value ^ UInt32(byte)) & 255)] }
    return ~value
  }
}
