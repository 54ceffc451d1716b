extension PixelImage {
  /// The rectangle whose top left is at (x, y). Parts outside the image are black.
  public func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> PixelImage {
    precondition(newWidth > 0 && newHeight > 0)
    if x == 0, y == 0, newWidth == width, newHeight == height { return self }
    let columns = max(x, 0)..<max(min(x + newWidth, width), max(x, 0))
    return PixelImage(width: newWidth, height: newHeight, layout: layout) { target in
      pixels.withUnsafeBufferPointer { source in
        for row in 0..<newHeight {
          let line = UnsafeMutableBufferPointer(
            rebasing: target[(row * newWidth * channels)..<((row + 1) * newWidth * channels)])
          let sourceRow = y + row
          guard sourceRow >= 0, sourceRow < height, !columns.isEmpty else {
            line.initialize(repeating: 0)
            continue
          }
          let left = (columns.lowerBound - x) * channels
          let right = (columns.upperBound - x) * channels
          let start = sourceRow * width * channels
          line[..<left].initialize(repeating: 0)
          _ = line[left..<right].initialize(
            fromContentsOf: source[
              (start + columns.lowerBound * channels)..<(start + columns.upperBound * channels)])
          line[right...].initialize(repeating: 0)
        }
      }
    }
  }

  /// The middle of the image by torchvision's rule. Where the image is smaller than the crop it
  /// stands in the middle of black.
  public func centerCropped(width newWidth: Int, height newHeight: Int) -> PixelImage {
    cropped(
      x: Self.centerCropStart(of: width, crop: newWidth),
      y: Self.centerCropStart(of: height, crop: newHeight), width: newWidth, height: newHeight)
  }

  /// Where a centre crop starts: half the surplus, halves rounded to even; when there is none,
  /// minus half of what lacks, rounded toward zero.
  static func centerCropStart(of length: Int, crop: Int) -> Int {
    if crop > length { return -((crop - length) / 2) }
    let surplus = length - crop
    let half = surplus / 2
    return surplus % 2 == 1 && half % 2 == 1 ? half + 1 : half
  }
}
