/// A curve's numbers: in each of 32 segments a polynomial of the second degree.
public struct OracleCurve: Equatable, Sendable {
  /// value + slope · r + bend · r²
  public struct Segment: Equatable, Sendable {
    /// The coefficients.
    public var (value, slope, bend) = (0, 0, 0)

    /// From the coefficients, which are 0 where none is given.
    public init(_ value: Int = 0, _ slope: Int = 0, _ bend: Int = 0) {
      (self.value, self.slope, self.bend) = (value, slope, bend)
    }
  }

  /// 32 of them, from the least argument on.
  public let segments: [Segment]
  /// k.
  public var coreShift: Int
  /// Whether max(b, 0) is added.
  public var hasRamp: Bool

  /// A curve from its numbers.
  public init(_ segments: [Segment], coreShift: Int, hasRamp: Bool) {
    (self.segments, self.coreShift, self.hasRamp) = (segments, coreShift, hasRamp)
  }

  /// Segments of all magnitudes that are allowed, many of them at the ends of the range.
  public static func random(_ generator: inout SplitMix64) -> OracleCurve {
    let segments = (0..<32).map { _ -> Segment in
      var left = 32767
      var numbers = [0, 0, 0]
      for place in [0, 1, 2].shuffled(using: &generator) {
        let most = left / Int.random(in: 1...9, using: &generator)
        let choices = [-most, most, Int.random(in: -most...most, using: &generator)]
        numbers[place] = choices[Int.random(in: 0...2, using: &generator)]
        left -= abs(numbers[place])
      }
      return Segment(numbers[0], numbers[1], numbers[2])
    }
    return OracleCurve(
      segments, coreShift: Int.random(in: 0...12, using: &generator),
      hasRamp: Bool.random(using: &generator))
  }

  /// As it stands in a bundle: all values, all slopes, all bends, 16 bits each.
  public var bytes: [UInt8] {
    let numbers = segments.map(\.value) + segments.map(\.slope) + segments.map(\.bend)
    return numbers.flatMap { number in
      let bits = UInt16(bitPattern: Int16(number))
      return [UInt8(bits & 255), UInt8(bits >> 8)]
    }
  }

  /// The result before the last multiplication.
  public func apply(_ b: Int) -> Int {
    let end = Oracle.power(15 - coreShift)
    let place = Oracle.clamp(b, -end, end - 1) * Oracle.power(coreShift) + 32768
    let (index, within) = place.quotientAndRemainder(dividingBy: 2048)
    let r = (within - 1024) * 32
    let segment = segments[index]
    let slope = segment.slope + Oracle.roundHalfUp(segment.bend * r, 32768)
    let sum = segment.value + Oracle.roundHalfUp(slope * r, 32768) + (hasRamp ? max(b, 0) : 0)
    return Oracle.clamp(sum, -32768, 32767)
  }
}
