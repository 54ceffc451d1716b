/// How fast results came, from their times in nanoseconds.
struct FrameRate {
  private var count = 0
  private var first: UInt64 = 0
  private var last: UInt64 = 0

  /// Notes that a result came at `time`.
  mutating func add(at time: UInt64) {
    if count == 0 { first = time }
    last = time
    count += 1
  }

  /// Results a second between the first and the last; nil for fewer than two.
  var perSecond: Double? {
    guard count > 1, last > first else { return nil }
    return Double(count - 1) * 1e9 / Double(last - first)
  }
}
