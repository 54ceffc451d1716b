import Foundation
import SwiftletGraph
import SwiftletRuntime
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

/// The accuracy of activations that are computed from a 16-bit pre-activation, against the real functions
/// on normally distributed inputs.
@Suite struct CurveAccuracyTests {
  private static let activations: [Activation] = [
    .silu, .sigmoid, .tanh, .gelu, .geluTanh, .mish, .softplus, .elu(alpha: 1),
    .leakyRelu(slope: 0.1), .erf,
  ]

  /// A curve for inputs of this deviation with the calibrated range of its result.
  private struct Fitted {
    let preactivation: Preactivation
    let record: QuantizationRecord
    let curve: OracleCurve
    let (outputShift, multiplier): (Int, Int)

    init(_ activation: Activation, _ deviation: Double) throws {
      let seen = -8 * deviation...8 * deviation
      let ends = stride(from: -8.0, through: 8, by: 1 / 64).map { activation.exact($0 * deviation) }
      record = ActivationQuantizer.parameters(
        covering: min(ends.min() ?? 0, 0)...max(ends.max() ?? 0, 0))
      preactivation = CurveScales.preactivation(
        activation, seen: seen, result: ActivationScales(record), largestFactor: 1e-9)
      guard case .curve(_, let coreShift, let hasRamp) = preactivation.function else {
        throw Unexpected()
      }
      let segments = CurveFit.segments(
        activation, coreShift: coreShift, hasRamp: hasRamp, unit: preactivation.unit,
        resultUnit: preactivation.resultUnit)
      curve = OracleCurve(
        (0..<32).map { .init(segments.values[$0], segments.slopes[$0], segments.bends[$0]) },
        coreShift: coreShift, hasRamp: hasRamp)
      let factor = preactivation.factor(scale: Double(record.scale))
      outputShift = FixedPoint(factor).exponent - 15
      multiplier = FixedPoint(factor).multiplier
    }

    /// The level that integers give where sums are multiplied by m, of which b reaches no further.
    func level(_ x: Double, _ m: Int) -> Int {
      let a = min(max((x / preactivation.unit * 32768 / Double(m)).rounded(), -32768), 32767)
      let b = Oracle.roundHalfUp(Int(a) * m, 32768)
      return Oracle.finishCurve(
        curve.apply(b), multiplier: multiplier, zeroPoint: Int(record.zeroPoint),
        outputShift: outputShift, lo: -128, hi: 127)
    }
  }

  private struct Unexpected: Error {}

  /// From −8 to 8 deviations, as the normal distribution has it, whatever a channel's multiplier m.
  @Test(arguments: activations, [0.03, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 10, 30])
  func isWithinATenthOfADecibel(_ activation: Activation, _ deviation: Double) throws {
    let fitted = try Fitted(activation, deviation)
    #expect((2...7).contains(fitted.outputShift), "F is \(fitted.outputShift)")
    let multipliers = [16384, 21000, 32767]
    let (scale, zeroPoint) = (Double(fitted.record.scale), Double(fitted.record.zeroPoint))
    var (noise, roundingNoise, largest) = (0.0, 0.0, 0.0)
    for place in -24_000...24_000 {
      let z = Double(place) / 3000
      let density = exp(-z * z / 2)
      let y = activation.exact(z * deviation)
      let nearest = min(max((y / scale).rounded() + zeroPoint, -128), 127)
      let error =
        y - (Double(fitted.level(z * deviation, multipliers[(place + 24_000) % 3])) - zeroPoint)
        * scale
      let roundingError = y - (nearest - zeroPoint) * scale
      noise += density * error * error
      roundingNoise += density * roundingError * roundingError
      largest = max(largest, abs(error / scale))
    }
    let loss = 10 * log10(noise / roundingNoise)
    #expect(loss < 0.1, "\(loss) dB below rounding once")
    #expect(largest < 1, "off by \(largest) steps")
  }
}
