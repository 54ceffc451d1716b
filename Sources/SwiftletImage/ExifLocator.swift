/// Finds the EXIF data inside an image file that has been decoded without error.
///
/// Every step is bounds-checked all the same: decoders skip over bytes that are read here.
enum ExifLocator {
  private static let prefix: [UInt8] = Array("Exif\0\0".utf8)

  /// The TIFF data of the first EXIF segment (APP1) before the first scan.
  static func inJPEG(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    var position = 2
    while position + 4 <= bytes.count {
      // Bytes between segments, and fill bytes before a marker, are skipped as decoders do.
      guard bytes[position] == 0xFF, bytes[position + 1] != 0xFF else {
        position += 1
        continue
      }
      let marker = bytes[position + 1]
      switch marker {
      case 0x00, 0x01, 0xD0...0xD8:  // no marker, or one without a length
        position += 2
        continue
      case 0xD9, 0xDA:  // end of the image, start of a scan
        return nil
      default:
        break
      }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let end = position + 2 + length
      guard length >= 2, end <= bytes.count else { return nil }
      let payload = (position + 4)..<end
      if marker == 0xE1, bytes[payload].starts(with: prefix) {
        return (payload.lowerBound + prefix.count)..<end
      }
      position = end
    }
    return nil
  }

  /// The contents of the first eXIf chunk, which is TIFF data without a prefix.
  static func inPNG(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    var position = 8
    while bytes.count - position >= 12 {
      let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - position - 12 else { return nil }
      let payload = (position + 8)..<(position + 8 + length)
      let type = bytes[(position + 4)..<(position + 8)]
      if type.elementsEqual("eXIf".utf8) { return payload }
      if type.elementsEqual("IEND".utf8) { return nil }
      position = payload.upperBound + 4
    }
    return nil
  }
}
