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
  public func apply(to image: RGBImage) -> RGBImage {
    if resize == 0 {
      return image.resized(width: cropWidth, height: cropHeight, filter: filter)
    }
    let size = image.sizeForShortSide(resize)
    let x = RGBImage.centerCropStart(of: size.width, crop: cropWidth)
    let y = RGBImage.centerCropStart(of: size.height, crop: cropHeight)
    let columns = max(x, 0)..<min(x + cropWidth, size.width)
    let rows = max(y, 0)..<min(y + cropHeight, size.height)
    let window = image.resized(
      width: size.width, height: size.height, columns: columns, rows: rows, filter: filter)
    return window.cropped(x: min(x, 0), y: min(y, 0), width: cropWidth, height: cropHeight)
  }
}
