import SwiftletPlatform

/// The seeded generator of all tests: the same numbers on every machine.
public typealias SplitMix64 = SwiftletPlatform.SplitMix64

extension SplitMix64 {
  /// A float in [−1, 1).
  public mutating func nextSignedUnit() -> Float {
    Float(Int32(truncatingIfNeeded: next() >> 40) - (1 << 23)) / Float(1 << 23)
  }
}
