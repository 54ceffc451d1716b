/// A look at a picture in somebody's memory. It is valid only while that memory is.
public struct PixelView {
  /// Pixels across, at least 1.
  public let width: Int
  /// Pixels down, at least 1.
  public let height: Int
  /// What the bytes of a pixel are.
  public let layout: PixelLayout
  /// Bytes from one row to the next, at least those of a row.
  public let rowStride: Int
  let bytes: UnsafeBufferPointer<UInt8>

  /// Looks at rows from the top, pixels from the left.
  ///
  /// - Parameters:
  ///   - bytes: the first row's first byte and all that follows, to the end of the last row.
  ///   - width: pixels across, at least 1.
  ///   - height: pixels down, at least 1.
  ///   - layout: what the bytes of a pixel are.
  ///   - rowStride: bytes from one row to the next; nothing stands for tightly packed rows.
  public init(
    _ bytes: UnsafeBufferPointer<UInt8>, width: Int, height: Int, layout: PixelLayout,
    rowStride: Int? = nil
  ) {
    let length = width * layout.channels
    let stride = rowStride ?? length
    precondition(width > 0 && height > 0 && stride >= length)
    precondition(bytes.count >= stride * (height - 1) + length, "the picture has more bytes")
    self.bytes = bytes
    self.width = width
    self.height = height
    self.layout = layout
    self.rowStride = stride
  }

  /// Bytes of a pixel.
  public var channels: Int { layout.channels }

  /// Calls `body` with the bytes of a row, which are `width` pixels.
  @inline(__always)
  public func row(_ row: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[(row * rowStride)..<(row * rowStride + width * channels)])
  }
}

extension PixelView {
  /// Writes the same picture in another layout, rows tightly packed.
  ///
  /// Grey becomes equal red, green and blue. Colour becomes grey as in Pillow:
  /// ⌊(19595·R + 38470·G + 7471·B + 2¹⁵) / 2¹⁶⌋, which are BT.601's weights. Opacity is dropped
  /// without composing, and what has none is opaque.
  ///
  /// - Parameters:
  ///   - target: has `width` · `height` · the layout's channels bytes.
  ///   - wanted: what the bytes of a pixel become.
  public func convert(into target: UnsafeMutableBufferPointer<UInt8>, as wanted: PixelLayout) {
    precondition(target.count >= width * height * wanted.channels)
    let (from, to) = (layout.colours, wanted.colours)
    let (step, stepTo) = (channels, wanted.channels)
    for index in 0..<height {
      let source = row(index)
      var out = index * width * stepTo
      for start in stride(from: 0, to: source.count, by: step) {
        let red = source[start + from.red]
        let green = source[start + from.green]
        let blue = source[start + from.blue]
        if wanted == .grey {
          target[out] = layout == .grey ? red : Self.grey(red, green, blue)
        } else {
          target[out + to.red] = red
          target[out + to.green] = green
          target[out + to.blue] = blue
        }
        if let opacity = wanted.opacity {
          target[out + opacity] = layout.opacity.map { source[start + $0] } ?? 255
        }
        out += stepTo
      }
    }
  }

  @inline(__always)
  private static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let sum = 19_595 * UInt32(red) + 38_470 * UInt32(green) + 7_471 * UInt32(blue) + (1 << 15)
    return UInt8(truncatingIfNeeded: sum >> 16)
  }
}
