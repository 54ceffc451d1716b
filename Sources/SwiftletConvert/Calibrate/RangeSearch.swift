import SwiftletPlatform

/// The ways to choose an activation's range from its histogram.
enum RangeSearch {
  /// The range without the outermost `fraction` of the values at either end.
  static func percentile(_ histogram: Histogram, dropping fraction: Double) -> ClosedRange<Double> {
    let full = histogram.range
    let limit = fraction * Double(histogram.total)
    let bins = histogram.counts
    var low = full.lowerBound
    var high = full.upperBound
    var sum = 0.0
    for bin in bins.indices {
      sum += Double(bins[bin])
      if sum > limit {
        low = max(low, histogram.center(bin) - histogram.binWidth / 2)
        break
      }
    }
    sum = 0
    for bin in bins.indices.reversed() {
      sum += Double(bins[bin])
      if sum > limit {
        high = min(high, histogram.center(bin) + histogram.binWidth / 2)
        break
      }
    }
    return low <= high ? low...high : full
  }

  /// The range with the least expected squared error of 256 levels: rounding inside, clipping
  /// outside. Both ends shrink together first, then each alone.
  static func meanSquaredError(_ histogram: Histogram) -> ClosedRange<Double> {
    let full = histogram.range
    var best = full
    var bestError = expectedError(histogram, range: full)
    func consider(_ low: Double, _ high: Double) {
      guard low < high else { return }
      let error = expectedError(histogram, range: low...high)
      if error < bestError {
        bestError = error
        best = low...high
      }
    }
    let steps = stride(from: 0.98, through: 0.1, by: -0.02)
    for factor in steps { consider(full.lowerBound * factor, full.upperBound * factor) }
    for factor in steps { consider(full.lowerBound * factor, best.upperBound) }
    for factor in steps { consider(best.lowerBound, full.upperBound * factor) }
    return best
  }

  /// Mean squared error of quantizing the histogram's values with 256 levels over `range`.
  static func expectedError(_ histogram: Histogram, range: ClosedRange<Double>) -> Double {
    let low = min(range.lowerBound, 0)
    let high = max(range.upperBound, 0)
    let step = (high - low) / 255
    let rounding = step * step / 12
    var error = 0.0
    for (bin, count) in histogram.counts.enumerated() where count > 0 {
      let value = histogram.center(bin)
      if value < low {
        error += Double(count) * (low - value) * (low - value)
      } else if value > high {
        error += Double(count) * (value - high) * (value - high)
      } else {
        error += Double(count) * rounding
      }
    }
    return error / Double(max(histogram.total, 1))
  }

  /// The range whose 256-level version diverges least from the clipped distribution
  /// (Migacz, "8-bit inference with TensorRT", 2017), both ends shrinking together.
  static func entropy(_ histogram: Histogram) -> ClosedRange<Double> {
    let full = histogram.range
    let counts = withoutSpikes(histogram)
    var best = full
    var bestDivergence = Double.infinity
    for factor in stride(from: 1.0, through: 0.1, by: -0.02) {
      let range = full.lowerBound * factor...full.upperBound * factor
      let divergence = clippedDivergence(
        counts, binWidth: histogram.binWidth, range: range)
      if divergence < bestDivergence {
        bestDivergence = divergence
        best = range
      }
    }
    return best
  }

  /// The counts with the bins of zero and of the greatest value cut down to their neighbours'.
  ///
  /// ReLU and ReLU6 pile values up there, and int8 represents both exactly; left in, the piles would
  /// reward any range that makes the levels around them narrow.
  static func withoutSpikes(_ histogram: Histogram) -> [UInt64] {
    var counts = histogram.counts
    guard histogram.binWidth > 0 else { return counts }
    let zero = Histogram.halfCount
    counts[zero] = min(counts[zero], max(counts[zero + 1], counts[zero - 1]))
    let last = Int(floor(histogram.range.upperBound / histogram.binWidth)) + zero
    if last > zero + 1, last < counts.count { counts[last] = min(counts[last], counts[last - 1]) }
    return counts
  }

  /// KL divergence between a histogram clipped to `range` (its tails added to the end bins) and
  /// the same histogram seen through 256 levels. A fraction of a count keeps empty levels finite.
  static func clippedDivergence(
    _ counts: [UInt64], binWidth: Double, range: ClosedRange<Double>
  ) -> Double {
    let half = Histogram.halfCount
    guard binWidth > 0 else { return 0 }
    let first = min(max(Int(floor(range.lowerBound / binWidth)) + half, 0), 2 * half - 1)
    let last = min(max(Int(floor(range.upperBound / binWidth)) + half, first), 2 * half - 1)
    let inside = counts[first...last].map { Double($0) }
    var reference = inside
    reference[0] += counts[..<first].reduce(0) { $0 + Double($1) }
    reference[inside.count - 1] += counts[(last + 1)...].reduce(0) { $0 + Double($1) }

    let total = counts.reduce(0) { $0 + Double($1) }
    let kept = inside.reduce(0, +)
    guard kept > 0 else { return .infinity }
    var divergence = 0.0
    for level in 0..<256 {
      let start = level * inside.count / 256
      let end = max((level + 1) * inside.count / 256, start)
      guard start < end else { continue }
      let bins = inside[start..<end]
      let occupied = bins.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
      guard occupied > 0 else {
        // The tail fell onto an empty end bin: nothing of it survives quantization.
        for bin in start..<end where reference[bin] > 0 {
          divergence += reference[bin] / total * log(reference[bin] / total / 1e-9)
        }
        continue
      }
      let spread = bins.reduce(0, +) / Double(occupied)
      for bin in start..<end where reference[bin] > 0 {
        let quantized = inside[bin] > 0 ? spread / kept : 1e-9
        divergence += reference[bin] / total * log(reference[bin] / total / quantized)
      }
    }
    return divergence
  }
}
