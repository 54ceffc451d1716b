extension PixelImage {
  /// The image at another size, equal byte for byte to `Image.resize` of Pillow up to 12.
  ///
  /// Bilinear and bicubic filter across first and then down, with bytes in between; an axis that
  /// keeps its length is left alone. (Pillow 13 filters down first where the height shrinks by
  /// more than twice what the width does; the order moves bytes by a few steps.) Each channel is
  /// filtered by itself, opacity as well.
  public func resized(width: Int, height: Int, filter: ResizeFilter) -> PixelImage {
    precondition(width > 0 && height > 0)
    let plan = ResizePlan(
      source: (self.width, self.height), result: (width, height), columns: 0..<width,
      rows: 0..<height, filter: filter)
    var scratch = ResizeScratch()
    return PixelImage(width: width, height: height, layout: layout) { target in
      withView { plan.apply(to: $0, into: target, rowStride: width * channels, &scratch) }
    }
  }

  /// The size with the short side at `length` and the long side in proportion, rounded down:
  /// torchvision's rule.
  static func size(
    forShortSide length: Int, of size: (width: Int, height: Int)
  ) -> (width: Int, height: Int) {
    size.width <= size.height
      ? (length, length * size.height / size.width) : (length * size.width / size.height, length)
  }

  /// The image with its short side at `length` pixels, its long side in proportion, rounded down.
  public func resizedShortSide(to length: Int, filter: ResizeFilter) -> PixelImage {
    let size = Self.size(forShortSide: length, of: (width, height))
    return resized(width: size.width, height: size.height, filter: filter)
  }
}
