/// Resizes and crops pictures to one size, in memory and with tables that are used again while
/// pictures of the same size follow each other.
public struct ImageResizer: Sendable {
  /// How a picture of any size becomes one of the crop's.
  public let geometry: Preprocessing
  /// What the bytes of the result's pixels are: grey, RGB or RGBA.
  public let layout: PixelLayout
  private var plan: PreprocessingPlan?
  private var scratch = ResizeScratch()
  private var crop: [UInt8] = []
  /// The picture in the result's layout, where it comes in another.
  private var converted: [UInt8] = []

  /// Makes pictures of `layout` as `geometry` says. Pictures of other layouts are converted first.
  public init(_ geometry: Preprocessing, layout: PixelLayout = .rgb) {
    self.geometry = geometry
    self.layout = layout
  }

  /// Makes ready for pictures of this size; costs nothing when the last ones had it too.
  ///
  /// - Throws: `PixelError.outOfMemory`.
  public mutating func prepare(
    width: Int, height: Int, layout source: PixelLayout
  ) throws(PixelError) {
    let length = source == layout ? 0 : width * height * layout.channels
    if converted.count < length {
      try PixelError.requireMemory(length)
      converted = [UInt8](repeating: 0, count: length)
    }
    if let plan, plan.width == width, plan.height == height { return }
    plan = try PreprocessingPlan(
      geometry, width: width, height: height, channels: layout.channels)
    if crop.isEmpty {
      crop = [UInt8](
        repeating: 0, count: geometry.cropWidth * geometry.cropHeight * layout.channels)
    }
  }

  /// Resizes and crops a picture of the size that was prepared, and calls `body` with the result,
  /// which must not outlive the call.
  public mutating func withCrop<Result>(
    of picture: PixelView, _ body: (PixelView) -> Result
  ) -> Result {
    guard let plan else { preconditionFailure("prepare comes first") }
    crop.withUnsafeMutableBufferPointer { crop in
      if picture.layout == layout {
        plan.apply(to: picture, into: crop, &scratch)
        return
      }
      converted.withUnsafeMutableBufferPointer { converted in
        picture.convert(into: converted, as: layout)
        let view = PixelView(
          UnsafeBufferPointer(converted), width: picture.width, height: picture.height,
          layout: layout)
        plan.apply(to: view, into: crop, &scratch)
      }
    }
    return crop.withUnsafeBufferPointer {
      body(
        PixelView(
          $0, width: geometry.cropWidth, height: geometry.cropHeight, layout: layout))
    }
  }

  /// The resized and cropped picture.
  ///
  /// - Throws: `PixelError.outOfMemory`.
  public mutating func crop(_ picture: PixelImage) throws(PixelError) -> PixelImage {
    try prepare(width: picture.width, height: picture.height, layout: picture.layout)
    return picture.withView { view in
      withCrop(of: view) { crop in
        PixelImage(
          width: crop.width, height: crop.height, layout: crop.layout, pixels: Array(crop.bytes))
      }
    }
  }
}
