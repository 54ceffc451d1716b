extension RGBImage {
  /// The image at another size, equal byte for byte to `Image.resize` of Pillow up to 12.
  ///
  /// Bilinear and bicubic filter across first and then down, with bytes in between; an axis that
  /// keeps its length is left alone. (Pillow 13 filters down first where the height shrinks by
  /// more than twice what the width does; the order moves bytes by a few steps.)
  public func resized(width: Int, height: Int, filter: ResizeFilter) -> RGBImage {
    precondition(width > 0 && height > 0)
    return ResizePlan(
      source: (self.width, self.height), result: (width, height), columns: 0..<width,
      rows: 0..<height, filter: filter
    ).apply(to: self)
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
  public func resizedShortSide(to length: Int, filter: ResizeFilter) -> RGBImage {
    let size = Self.size(forShortSide: length, of: (width, height))
    return resized(width: size.width, height: size.height, filter: filter)
  }

  /// The first pass: each row of `rows` filtered, sums rounded and clamped to bytes.
  func resampledAcross(_ plan: ResampleWeights, rows: Range<Int>) -> RGBImage {
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
  func resampledDown(_ plan: ResampleWeights, firstRow: Int) -> RGBImage {
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

  /// The pixels at these columns and rows.
  func nearest(columns: [Int], rows: [Int]) -> RGBImage {
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
