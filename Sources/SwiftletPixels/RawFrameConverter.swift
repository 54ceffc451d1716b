/// Makes images of raw frames of one layout, in memory that is used again for each.
public struct RawFrameConverter: Sendable {
  /// The layout of every frame.
  public let layout: RawFrameLayout
  private let conversion: YUVConversion
  private var pixels: [UInt8]

  /// A converter of frames of `layout`; `colours` matters to yuv420 only.
  public init(_ layout: RawFrameLayout, colours: YUVColours) {
    self.layout = layout
    conversion = YUVConversion(colours)
    pixels = [UInt8](repeating: 0, count: layout.width * layout.height * 3)
  }

  /// The image of a frame, of which there must be `layout.byteCount` bytes.
  ///
  /// Of yuv420, pixel (x, y) takes the chroma of column ⌊x/2⌋ and row ⌊y/2⌋. The image shares its
  /// memory with the converter: let go of it before the next call, which otherwise copies.
  public mutating func image(_ frame: UnsafeRawBufferPointer) -> PixelImage {
    precondition(frame.count == layout.byteCount)
    let source = frame.bindMemory(to: UInt8.self)
    let (layout, conversion) = (layout, conversion)
    pixels.withUnsafeMutableBufferPointer { target in
      switch layout.format {
      case .rgb24: Self.copy(source, layout, target)
      case .yuv420: Self.convert(source, layout, conversion, target)
      }
    }
    return PixelImage(width: layout.width, height: layout.height, pixels: pixels)
  }

  private static func copy(
    _ source: UnsafeBufferPointer<UInt8>, _ layout: RawFrameLayout,
    _ target: UnsafeMutableBufferPointer<UInt8>
  ) {
    let length = 3 * layout.width
    for row in 0..<layout.height {
      let start = row * layout.rowStride
      _ = target[(row * length)..<((row + 1) * length)].update(
        fromContentsOf: source[start..<(start + length)])
    }
  }

  private static func convert(
    _ source: UnsafeBufferPointer<UInt8>, _ layout: RawFrameLayout, _ conversion: YUVConversion,
    _ target: UnsafeMutableBufferPointer<UInt8>
  ) {
    let blueStart = layout.rowStride * layout.height
    let redStart = blueStart + layout.chromaStride * layout.chromaRows
    var position = 0
    func put(_ y: UInt8, _ chroma: (red: Int32, green: Int32, blue: Int32)) {
      let (red, green, blue) = conversion.colour(y, chroma)
      target[position] = red
      target[position + 1] = green
      target[position + 2] = blue
      position += 3
    }
    for row in 0..<layout.height {
      let luma = row * layout.rowStride
      let chromaStart = (row / 2) * layout.chromaStride
      for pair in 0..<((layout.width + 1) / 2) {
        let chroma = conversion.chroma(
          source[blueStart + chromaStart + pair], source[redStart + chromaStart + pair])
        put(source[luma + 2 * pair], chroma)
        if 2 * pair + 1 < layout.width { put(source[luma + 2 * pair + 1], chroma) }
      }
    }
  }
}
