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
  /// - Throws: `ImageError.outOfMemory`.
  public func apply(to image: RGBImage) throws(ImageError) -> RGBImage {
    try PreprocessingPlan(self, width: image.width, height: image.height).apply(to: image)
  }
}

/// A preprocessing made ready for images of one size: resize tables are computed once.
public struct PreprocessingPlan: Sendable {
  /// The width of the images it is for.
  public let width: Int
  /// The height of the images it is for.
  public let height: Int
  private let resizing: ResizePlan
  private let crop: (x: Int, y: Int, width: Int, height: Int)

  /// Plans `preprocessing` for images of `width` by `height` pixels, both at least 1.
  ///
  /// - Throws: `ImageError.outOfMemory` when there is none for its tables and results.
  public init(_ preprocessing: Preprocessing, width: Int, height: Int) throws(ImageError) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    let (cropWidth, cropHeight) = (preprocessing.cropWidth, preprocessing.cropHeight)
    let size =
      preprocessing.resize == 0
      ? (width: cropWidth, height: cropHeight)
      : RGBImage.size(forShortSide: preprocessing.resize, of: (width, height))
    let x = RGBImage.centerCropStart(of: size.width, crop: cropWidth)
    let y = RGBImage.centerCropStart(of: size.height, crop: cropHeight)
    let columns = max(x, 0)..<min(x + cropWidth, size.width)
    let rows = max(y, 0)..<min(y + cropHeight, size.height)
    try ImageError.requireMemory(
      ResizePlan.memory(
        source: (width, height), result: size, columns: columns.count, rows: rows.count,
        filter: preprocessing.filter) + 3 * cropWidth * cropHeight)
    resizing = ResizePlan(
      source: (width, height), result: size, columns: columns, rows: rows,
      filter: preprocessing.filter)
    crop = (min(x, 0), min(y, 0), cropWidth, cropHeight)
  }

  /// The resized and cropped `image`, which must be of the planned size.
  public func apply(to image: RGBImage) -> RGBImage {
    resizing.apply(to: image).cropped(
      x: crop.x, y: crop.y, width: crop.width, height: crop.height)
  }
}
