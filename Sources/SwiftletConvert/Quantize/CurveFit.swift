import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// Fits a smooth activation by a polynomial of the second degree in each of a curve's segments: the one
/// with the least sum of squared errors (Legendre's polynomials over the segment's points).
enum CurveFit {
  /// Points of a segment that the fit looks at.
  private static let pointCount = 64
  /// 16-bit arguments of a segment.
  private static let segmentLength = 65536 / CurveSegments.count

  /// The segments of `activation` less the ramp, in steps of `resultUnit`.
  static func segments(
    _ activation: Activation, coreShift: Int, hasRamp: Bool, unit: Double, resultUnit: Double
  ) -> CurveSegments {
    let step = unit * exp2(-Double(coreShift))
    var (values, slopes, bends): ([Int], [Int], [Int]) = ([], [], [])
    for segment in 0..<CurveSegments.count {
      let middle = Double(segment * segmentLength + segmentLength / 2 - 32768)
      let (value, slope, bend) = fit { place in
        let x = (middle + place * Double(segmentLength / 2)) * step
        return (activation.exact(x) - (hasRamp ? max(x, 0) : 0)) / resultUnit
      }
      let limit = CurveSegments.largestSum
      bends.append(min(max(Int(bend.rounded()), -limit), limit))
      let left = limit - abs(bends[segment])
      slopes.append(min(max(Int(slope.rounded()), -left), left))
      let last = left - abs(slopes[segment])
      values.append(min(max(Int(value.rounded()), -last), last))
    }
    return CurveSegments(values: values, slopes: slopes, bends: bends)
  }

  /// The coefficients for −1 ≤ r < 1 at points that are spread evenly.
  private static func fit(
    _ function: (Double) -> Double
  ) -> (value: Double, slope: Double, bend: Double) {
    let places = (0..<pointCount).map { (Double($0) + 0.5) / Double(pointCount / 2) - 1 }
    let meanSquare = places.reduce(0) { $0 + $1 * $1 } / Double(pointCount)
    var (mean, first, second): (Double, Double, Double) = (0, 0, 0)
    var secondNorm = 0.0
    for place in places {
      let (y, curved) = (function(place), place * place - meanSquare)
      mean += y / Double(pointCount)
      first += y * place
      second += y * curved
      secondNorm += curved * curved
    }
    let bend = second / secondNorm
    return (mean - bend * meanSquare, first / (meanSquare * Double(pointCount)), bend)
  }
}
