/// A picture of 8-bit red, green and blue.
public struct RGBImage: Equatable, Sendable {
  /// Pixels across, at least 1.
  public let width: Int
  /// Pixels down, at least 1.
  public let height: Int
  /// width · height · 3 bytes: rows from the top, pixels from the left, red, green, blue.
  public let pixels: [UInt8]

  /// Wraps `pixels`, of which there must be width · height · 3.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Makes an image whose bytes `fill` writes, every one of them.
  init(
    width: Int, height: Int, filledBy fill: (UnsafeMutableBufferPointer<UInt8>) -> Void
  ) {
    let count = width * height * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
