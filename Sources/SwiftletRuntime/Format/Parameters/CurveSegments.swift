/// A smooth function of 16-bit numbers, as the epilogue `curve` computes it: in each of 32 segments of
/// equal length a polynomial of the second degree, value + slope · r + bend · r², where r goes from −1 to
/// 1 through the segment. 192 bytes behind the channel blocks.
///
/// | field | offset |
/// | --- | --- |
/// | value | 0, int16 × 32 |
/// | slope | 64, int16 × 32 |
/// | bend | 128, int16 × 32 |
public struct CurveSegments: Equatable, Sendable {
  /// How many segments there are.
  public static let count = 32
  static let length = 192
  /// What the magnitudes of a segment's three numbers add up to at most, so that no sum leaves 16 bits.
  public static let largestSum = (1 << 15) - 1

  /// In the middle of each of the 32 segments, from the least argument on.
  public let values: [Int]
  /// From a segment's middle to its end.
  public let slopes: [Int]
  /// What the square adds at both ends.
  public let bends: [Int]

  /// Takes 32 of each, of which no segment's magnitudes add up to more than `largestSum`.
  public init(values: [Int], slopes: [Int], bends: [Int]) {
    precondition([values, slopes, bends].allSatisfy { $0.count == Self.count })
    (self.values, self.slopes, self.bends) = (values, slopes, bends)
  }

  /// Throws unless every segment of those that begin at `offset` keeps to `largestSum`.
  static func check(
    _ bytes: ByteView, at offset: Int, _ check: RecordCheck
  ) throws(BundleError) {
    for segment in 0..<count {
      var sum = 0
      for field in 0..<3 {
        sum += abs(Int(bytes.load(Int16.self, at: offset + 64 * field + 2 * segment)))
      }
      try check.require(
        sum <= largestSum, "curve", sum, "magnitudes that add up to at most 2¹⁵ − 1 in a segment")
    }
  }

  var encoded: [UInt8] {
    var encoder = RecordEncoder()
    for list in [values, slopes, bends] {
      for number in list { encoder.append(Int16(number)) }
    }
    return encoder.bytes
  }
}
