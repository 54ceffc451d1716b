/// Counts of values in equal bins around zero; the range doubles as larger values come, so one pass
/// over the data is enough.
struct Histogram: Sendable {
  /// Bins on each side of zero.
  static let halfCount = 4096
  /// Smaller magnitudes count as zero: the inverse of their bins' width is no finite float.
  private static let smallestMagnitude = 1e-30

  /// Bin i covers [(i − halfCount) · binWidth, (i − halfCount + 1) · binWidth).
  private(set) var counts = [UInt64](repeating: 0, count: 2 * halfCount)
  private(set) var binWidth: Double = 0
  private(set) var minimum: Float = .infinity
  private(set) var maximum: Float = -.infinity
  private(set) var total: UInt64 = 0

  /// The middle of a bin.
  func center(_ bin: Int) -> Double { (Double(bin - Self.halfCount) + 0.5) * binWidth }

  /// From the least to the greatest value seen; 0…0 before any.
  var range: ClosedRange<Double> {
    total == 0 ? 0...0 : Double(minimum)...Double(maximum)
  }

  /// Counts `values`, all of which must be finite.
  ///
  /// - Returns: false, with nothing counted, when one is not.
  mutating func add(_ values: [Float]) -> Bool {
    guard !values.isEmpty else { return true }
    var low = Float.infinity
    var high = -Float.infinity
    var poison: Float = 0
    for value in values {
      low = value < low ? value : low
      high = value > high ? value : high
      poison += value * 0
    }
    guard poison == 0 else { return false }
    minimum = min(minimum, low)
    maximum = max(maximum, high)
    grow(toHold: Double(max(abs(low), abs(high))))
    total += UInt64(values.count)
    guard binWidth > 0 else { return true }
    let perUnit = Float(1 / binWidth)
    let half = Float(Self.halfCount)
    let last = Int32(2 * Self.halfCount - 1)
    counts.withUnsafeMutableBufferPointer { counts in
      for value in values {
        let bin = Int32(value * perUnit + half)
        counts[Int(min(max(bin, 0), last))] += 1
      }
    }
    return true
  }

  private mutating func grow(toHold magnitude: Double) {
    guard magnitude >= Self.smallestMagnitude else { return }
    if binWidth == 0 {
      // The reciprocal of a width below this is no finite Float.
      binWidth = max(magnitude * 1.0001 / Double(Self.halfCount), 1e-30)
      counts[Self.halfCount] = total
      return
    }
    while magnitude >= binWidth * Double(Self.halfCount) { merge() }
  }

  /// Doubles the bin width: bin pairs, counted from zero outwards, become one.
  private mutating func merge() {
    var merged = [UInt64](repeating: 0, count: 2 * Self.halfCount)
    for bin in merged.indices {
      let old = bin - Self.halfCount
      let target = (old >= 0 ? old / 2 : (old - 1) / 2) + Self.halfCount
      merged[target] += counts[bin]
    }
    counts = merged
    binWidth *= 2
  }
}
