/// The memory that resizing works in, used again for each picture.
struct ResizeScratch: Sendable {
  /// The pixels between the two passes.
  var between: [UInt8] = []
  /// The sums of one row.
  var sums: [Int32] = []

  /// Makes room for at least so many of each.
  mutating func reserve(between bytes: Int, sums count: Int) {
    if between.count < bytes { between = [UInt8](repeating: 0, count: bytes) }
    if sums.count < count { sums = [Int32](repeating: 0, count: count) }
  }
}

extension PixelView {
  /// The first pass: each row of `rows` filtered, sums rounded and clamped to bytes.
  func resampleAcross(
    _ plan: ResampleWeights, rows: Range<Int>, into target: UnsafeMutableBufferPointer<UInt8>,
    rowStride targetStride: Int
  ) {
    plan.weights.withUnsafeBufferPointer { weights in
      for (index, row) in rows.enumerated() {
        let line = UnsafeMutableBufferPointer(rebasing: target[(index * targetStride)...])
        let start = row * rowStride
        if channels == 3 {
          resampleColours(plan, weights, start: start, into: line)
        } else {
          resampleChannels(plan, weights, start: start, into: line)
        }
      }
    }
  }

  /// A row of three channels, which stay in registers.
  @inline(__always)
  private func resampleColours(
    _ plan: ResampleWeights, _ weights: UnsafeBufferPointer<Int32>, start: Int,
    into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    var position = 0
    for tap in plan.taps {
      var red = roundingHalf
      var green = roundingHalf
      var blue = roundingHalf
      var pixel = start + tap.first * 3
      for index in tap.weights {
        let weight = weights[index]
        red &+= weight &* Int32(bytes[pixel])
        green &+= weight &* Int32(bytes[pixel + 1])
        blue &+= weight &* Int32(bytes[pixel + 2])
        pixel += 3
      }
      target[position] = clampedByte(red)
      target[position + 1] = clampedByte(green)
      target[position + 2] = clampedByte(blue)
      position += 3
    }
  }

  /// A row of any number of channels.
  private func resampleChannels(
    _ plan: ResampleWeights, _ weights: UnsafeBufferPointer<Int32>, start: Int,
    into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    let channels = channels
    var position = 0
    for tap in plan.taps {
      for channel in 0..<channels {
        var sum = roundingHalf
        var pixel = start + tap.first * channels + channel
        for index in tap.weights {
          sum &+= weights[index] &* Int32(bytes[pixel])
          pixel += channels
        }
        target[position] = clampedByte(sum)
        position += 1
      }
    }
  }

  /// The second pass: each of the bytes `window` of the rows filtered. `firstRow` is the plan's
  /// number of this picture's top.
  func resampleDown(
    _ plan: ResampleWeights, firstRow: Int, window: Range<Int>,
    into target: UnsafeMutableBufferPointer<UInt8>, rowStride targetStride: Int,
    sums: UnsafeMutableBufferPointer<Int32>
  ) {
    let count = window.count
    for (row, tap) in plan.taps.enumerated() {
      for column in 0..<count { sums[column] = roundingHalf }
      for (offset, index) in tap.weights.enumerated() {
        let weight = plan.weights[index]
        let line = UnsafeBufferPointer(
          rebasing: bytes[((tap.first - firstRow + offset) * rowStride + window.lowerBound)...])
        for column in 0..<count { sums[column] &+= weight &* Int32(line[column]) }
      }
      let line = row * targetStride
      for column in 0..<count { target[line + column] = clampedByte(sums[column]) }
    }
  }

  /// The pixels at these columns and rows.
  func nearest(
    columns: [Int], rows: [Int], into target: UnsafeMutableBufferPointer<UInt8>,
    rowStride targetStride: Int
  ) {
    let channels = channels
    for (index, row) in rows.enumerated() {
      var position = index * targetStride
      for column in columns {
        let pixel = row * rowStride + column * channels
        for channel in 0..<channels { target[position + channel] = bytes[pixel + channel] }
        position += channels
      }
    }
  }

  /// The rectangle of these columns and rows, which lie inside.
  func copy(
    columns: Range<Int>, rows: Range<Int>, into target: UnsafeMutableBufferPointer<UInt8>,
    rowStride targetStride: Int
  ) {
    let length = columns.count * channels
    for (index, row) in rows.enumerated() {
      let start = row * rowStride + columns.lowerBound * channels
      let line = index * targetStride
      _ = target[line..<(line + length)].update(fromContentsOf: bytes[start..<(start + length)])
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
