/// A picture of 8-bit channels, side by side: grey, colour, or colour with opacity.
public struct PixelImage: Equatable, Sendable {
  /// The most pixels that a picture from outside may have: 64 Mi. Checked before anything of that
  /// size is allocated.
  public static let maximumPixelCount = 1 << 26

  /// Pixels across, at least 1.
  public let width: Int
  /// Pixels down, at least 1.
  public let height: Int
  /// What the bytes of a pixel are.
  public let layout: PixelLayout
  /// width · height · channels bytes: rows from the top, pixels from the left.
  public let pixels: [UInt8]

  /// Wraps `pixels`, of which there must be width · height · the layout's channels.
  public init(width: Int, height: Int, layout: PixelLayout = .rgb, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height * layout.channels)
    self.width = width
    self.height = height
    self.layout = layout
    self.pixels = pixels
  }

  /// Makes an image whose bytes `fill` writes, every one of them.
  package init(
    width: Int, height: Int, layout: PixelLayout,
    filledBy fill: (UnsafeMutableBufferPointer<UInt8>) -> Void
  ) {
    let count = width * height * layout.channels
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
    self.init(width: width, height: height, layout: layout, pixels: pixels)
  }

  /// Bytes of a pixel.
  public var channels: Int { layout.channels }

  /// Calls `body` with a look at the pixels, which must not outlive the call.
  public func withView<Result>(_ body: (PixelView) -> Result) -> Result {
    pixels.withUnsafeBufferPointer {
      body(PixelView($0, width: width, height: height, layout: layout))
    }
  }
}
