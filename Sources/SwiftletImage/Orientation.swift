import SwiftletPixels

/// Where the top left of the scene stands in the stored picture: EXIF tag 0x0112.
enum Orientation: Int, CaseIterable {
  case upright = 1
  case mirrored, turnedHalf, mirroredTurnedHalf
  case transposed, turnedLeft, transversed, turnedRight

  /// Reads the tag from the first directory of TIFF data. Whatever is malformed means upright.
  init(exif bytes: UnsafeRawBufferPointer) {
    self = Self.tag(in: bytes).flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  private static func tag(in bytes: UnsafeRawBufferPointer) -> Int? {
    let isLittleEndian: Bool
    if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) {
      isLittleEndian = true
    } else if bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
      isLittleEndian = false
    } else {
      return nil
    }
    func number(at offset: Int, length: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - length else { return nil }
      let digits = bytes[offset..<(offset + length)]
      return isLittleEndian
        ? digits.reversed().reduce(0) { $0 << 8 | Int($1) }
        : digits.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(at: 4, length: 4),
      let count = number(at: directory, length: 2)
    else { return nil }
    // An entry: tag (2 bytes), type (2), count (4), value (4, short ones at its start).
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = number(at: entry, length: 2) else { return nil }
      if tag != 0x0112 { continue }
      switch number(at: entry + 2, length: 2) {
      case 3: return number(at: entry + 8, length: 2)
      case 4: return number(at: entry + 8, length: 4)
      default: return nil
      }
    }
    return nil
  }
}

extension PixelImage {
  /// The image, in RGB, as it is meant to be seen, given how it is stored.
  func upright(from orientation: Orientation) -> PixelImage {
    precondition(layout == .rgb)
    let right = width - 1
    let bottom = height - 1
    // Where the result's first pixel stands in the source, and which source step a result step
    // to the right and a result step down make.
    let (x, y, across, down): (Int, Int, (Int, Int), (Int, Int)) =
      switch orientation {
      case .upright: (0, 0, (1, 0), (0, 1))
      case .mirrored: (right, 0, (-1, 0), (0, 1))
      case .turnedHalf: (right, bottom, (-1, 0), (0, -1))
      case .mirroredTurnedHalf: (0, bottom, (1, 0), (0, -1))
      case .transposed: (0, 0, (0, 1), (1, 0))
      case .turnedLeft: (0, bottom, (0, -1), (1, 0))
      case .transversed: (right, bottom, (0, -1), (-1, 0))
      case .turnedRight: (right, 0, (0, 1), (-1, 0))
      }
    if orientation == .upright { return self }
    let swapsSides = across.0 == 0
    let acrossStep = 3 * (across.0 + across.1 * width)
    let downStep = 3 * (down.0 + down.1 * width)
    let origin = 3 * (x + y * width)
    let newWidth = swapsSides ? height : width
    let newHeight = swapsSides ? width : height
    return PixelImage(width: newWidth, height: newHeight, layout: layout) { target in
      pixels.withUnsafeBufferPointer { source in
        var position = 0
        for row in 0..<newHeight {
          var pixel = origin + row * downStep
          for _ in 0..<newWidth {
            target[position] = source[pixel]
            target[position + 1] = source[pixel + 1]
            target[position + 2] = source[pixel + 2]
            position += 3
            pixel += acrossStep
          }
        }
      }
    }
  }
}
