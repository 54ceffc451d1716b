/// The geometry of preprocessing: how an image of any size becomes one of the network's size.
public struct Preprocessing: Equatable, Sendable {
  /// The short side's length after resizing. 0: no such step, and an image whose size is not the
  /// crop's is resized to exactly that, in any proportion.
  public var resize: Int
  /// The result's width, at least 1.
  public var cropWidth: Int
  /// The result's height, at least 1.
  public var cropHeight: Int
  /// How it is resized.
  public var filter: ResizeFilter

  /// Describes a resize, unless `resize` is 0, and a centre crop.
  public init(resize: Int, cropWidth: Int, cropHeight: Int, filter: ResizeFilter) {
    precondition(resize >= 0 && cropWidth > 0 && cropHeight > 0)
    self.resize = resize
    self.cropWidth = cropWidth
    self.cropHeight = cropHeight
    self.filter = filter
  }

  /// Resizes and crops: equal to `resizedShortSide` and `centerCropped` one after the other.
  ///
  /// Only what the crop keeps is computed, so that memory does not grow with the proportions of
  /// the image: a line of 1 × 50,000 pixels would become one of 256 × 12,800,000.
  ///
  /// - Throws: `PixelError.outOfMemory`.
  public func apply(to image: PixelImage) throws(PixelError) -> PixelImage {
    var resizer = ImageResizer(self, layout: image.layout)
    return try resizer.crop(image)
  }
}

/// A preprocessing made ready for images of one size: resize tables are computed once.
struct PreprocessingPlan: Sendable {
  /// The width of the images it is for.
  let width: Int
  /// The height of the images it is for.
  let height: Int
  private let resizing: ResizePlan
  /// Where the resized window stands in the crop, and its size.
  private let x: Int, y: Int, columns: Int, rows: Int
  private let cropWidth: Int, cropHeight: Int

  /// Plans `preprocessing` for images of `width` by `height` pixels, both at least 1.
  ///
  /// - Throws: `PixelError.outOfMemory` when there is none for its tables and results.
  init(
    _ preprocessing: Preprocessing, width: Int, height: Int, channels: Int
  ) throws(PixelError) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    (cropWidth, cropHeight) = (preprocessing.cropWidth, preprocessing.cropHeight)
    let size =
      preprocessing.resize == 0
      ? (width: cropWidth, height: cropHeight)
      : PixelImage.size(forShortSide: preprocessing.resize, of: (width, height))
    let left = PixelImage.centerCropStart(of: size.width, crop: cropWidth)
    let top = PixelImage.centerCropStart(of: size.height, crop: cropHeight)
    let columns = max(left, 0)..<min(left + cropWidth, size.width)
    let rows = max(top, 0)..<min(top + cropHeight, size.height)
    try PixelError.requireMemory(
      ResizePlan.memory(
        source: (width, height), result: size, columns: columns.count, rows: rows.count,
        channels: channels, filter: preprocessing.filter) + channels * cropWidth * cropHeight)
    resizing = ResizePlan(
      source: (width, height), result: size, columns: columns, rows: rows,
      filter: preprocessing.filter)
    (x, y) = (max(-left, 0), max(-top, 0))
    (self.columns, self.rows) = (columns.count, rows.count)
  }

  /// Writes the resized and cropped `image`, which must be of the planned size, to `target`, rows
  /// tightly packed. What the image does not cover becomes black.
  func apply(
    to image: PixelView, into target: UnsafeMutableBufferPointer<UInt8>,
    _ scratch: inout ResizeScratch
  ) {
    let stride = cropWidth * image.channels
    if columns < cropWidth || rows < cropHeight { target.update(repeating: 0) }
    let start = y * stride + x * image.channels
    resizing.apply(
      to: image, into: UnsafeMutableBufferPointer(rebasing: target[start...]), rowStride: stride,
      &scratch)
  }
}
