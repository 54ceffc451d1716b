extension RGBImage {
  /// The image at another size, equal byte for byte to `Image.resize` of Pillow up to 12.
  ///
  /// Bilinear and bicubic filter across first and then down, with bytes in between; an axis that
  /// keeps its length is left alone. (Pillow 13 filters down first where the height shrinks by
  /// more than twice what the width does; the order moves bytes by a few steps.)
  public func resized(width: Int, height: Int, filter: ResizeFilter) -> RGBImage {
    precondition(width > 0 && height > 0)
    return resized(
      width: width, height: height, columns: 0..<width, rows: 0..<height, filter: filter)
  }

  /// The size with the short side at `length` and the long side in proportion, rounded down:
  /// torchvision's rule.
  func sizeForShortSide(_ length: Int) -> (width: Int, height: Int) {
    width <= height
      ? (length, length * height / width) : (length * width / height, length)
  }

  /// The image with its short side at `length` pixels, its long side in proportion, rounded down.
  public func resizedShortSide(to length: Int, filter: ResizeFilter) -> RGBImage {
    let size = sizeForShortSide(length)
    return resized(width: size.width, height: size.height, filter: filter)
  }

  /// A window of the resized image; pixels outside it are not computed. The window lies inside.
  func resized(
    width newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>,
    filter: ResizeFilter
  ) -> RGBImage {
    if newWidth == width, newHeight == height {
      return cropped(
        x: columns.lowerBound, y: rows.lowerBound, width: columns.count,
        height: rows.count)
    }
    let kernel: ResampleKernel
    switch filter {
    case .nearest:
      return nearest(
        columns: Self.nearestSources(width, newWidth, window: columns),
        rows: Self.nearestSources(height, newHeight, window: rows))
    case .bilinear: kernel = .triangle
    case .bicubic: kernel = .cubic
    }
    let vertical =
      newHeight == height
      ? nil : ResampleWeights(source: height, result: newHeight, window: rows, kernel: kernel)
    let neededRows = vertical?.sources ?? rows
    let narrowed: RGBImage
    if newWidth == width {
      narrowed = cropped(
        x: columns.lowerBound, y: neededRows.lowerBound, width: columns.count,
        height: neededRows.count)
    } else {
      narrowed = resampledAcross(
        ResampleWeights(source: width, result: newWidth, window: columns, kernel: kernel),
        rows: neededRows)
    }
    guard let vertical else { return narrowed }
    return narrowed.resampledDown(vertical, firstRow: neededRows.lowerBound)
  }

  /// The first pass: each row of `rows` filtered, sums rounded and clamped to bytes.
  private func resampledAcross(_ plan: ResampleWeights, rows: Range<Int>) -> RGBImage {
    RGBImage(width: plan.taps.count, height: rows.count) { target in
      pixels.withUnsafeBufferPointer { source in
        plan.weights.withUnsafeBufferPointer { weights in
          var position = 0
          for row in rows {
            let start = row * width * 3
            for tap in plan.taps {
              var red = roundingHalf
              var green = roundingHalf
              var blue = roundingHalf
              var pixel = start + tap.first * 3
              for index in tap.weights {
                let weight = weights[index]
                red &+= weight &* Int32(source[pixel])
                green &+= weight &* Int32(source[pixel + 1])
                blue &+= weight &* Int32(source[pixel + 2])
                pixel += 3
              }
              target[position] = clampedByte(red)
              target[position + 1] = clampedByte(green)
              target[position + 2] = clampedByte(blue)
              position += 3
            }
          }
        }
      }
    }
  }

  /// The second pass: each column filtered. `firstRow` is the plan's number of this image's top.
  private func resampledDown(_ plan: ResampleWeights, firstRow: Int) -> RGBImage {
    let rowLength = width * 3
    return RGBImage(width: width, height: plan.taps.count) { target in
      pixels.withUnsafeBufferPointer { source in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: rowLength) { sums in
          for (row, tap) in plan.taps.enumerated() {
            sums.initialize(repeating: roundingHalf)
            for (offset, index) in tap.weights.enumerated() {
              let weight = plan.weights[index]
              let line = UnsafeBufferPointer(
                rebasing: source[((tap.first - firstRow + offset) * rowLength)...])
              for column in 0..<rowLength { sums[column] &+= weight &* Int32(line[column]) }
            }
            let line = row * rowLength
            for column in 0..<rowLength { target[line + column] = clampedByte(sums[column]) }
          }
        }
      }
    }
  }

  /// The source pixel under the centre of each result pixel. The centres are found by repeated
  /// addition, because that is the definition: its rounding decides between two pixels.
  private static func nearestSources(_ source: Int, _ result: Int, window: Range<Int>) -> [Int] {
    let scale = Double(source) / Double(result)
    var center = scale * 0.5
    var sources: [Int] = []
    sources.reserveCapacity(window.count)
    for index in 0..<window.upperBound {
      if index >= window.lowerBound { sources.append(min(Int(center), source - 1)) }
      center += scale
    }
    return sources
  }

  private func nearest(columns: [Int], rows: [Int]) -> RGBImage {
    RGBImage(width: columns.count, height: rows.count) { target in
      pixels.withUnsafeBufferPointer { source in
        var position = 0
        for row in rows {
          for column in columns {
            let pixel = (row * width + column) * 3
            target[position] = source[pixel]
            target[position + 1] = source[pixel + 1]
            target[position + 2] = source[pixel + 2]
            position += 3
          }
        }
      }
    }
  }
}

/// Half of one, so that dropping the fraction rounds.
private let roundingHalf = Int32(1) << (ResampleWeights.fractionBits - 1)

/// A sum with its fraction dropped, within a byte. The weights' absolute values add up to less
/// than 2, so that sums of 255 · weight stay below 2³¹.
@inline(__always)
private func clampedByte(_ sum: Int32) -> UInt8 {
  UInt8(truncatingIfNeeded: max(0, min(255, sum >> ResampleWeights.fractionBits)))
}
