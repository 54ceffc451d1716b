import CSwiftletKernels
import Foundation
import SwiftletTestSupport
import Testing

@Suite struct HardSwishTests {
  /// Every b that a stride visits (all of them when optimised), and ties in each of the steps.
  @Test(arguments: 0...12)
  func matchesTheOracle(_ fractionBits: Int) {
    #if DEBUG
      let step = 13
    #else
      let step = 1
    #endif
    var failures = 0
    var ties = (h: 0, c: 0, y: 0)
    let one = 1 << fractionBits
    for (multiplier, outputShift, zeroPoint) in [
      (16384, 2, 0), (32767, 7, -128), (24576, 5, 127), (20481, 6, -77), (0, 3, 5),
    ] {
      for b in stride(from: -32768, through: 32767, by: step) {
        let found = swl_hard_swish(
          Int32(b), Int32(fractionBits), Int32(multiplier), Int32(zeroPoint), Int32(outputShift),
          -128, 127)
        let wanted = Oracle.hardSwish(
          b, fractionBits: fractionBits, multiplier: multiplier, zeroPoint: zeroPoint,
          outputShift: outputShift, lo: -128, hi: 127)
        if Int(found) != wanted { failures += 1 }

        let gate = Oracle.clamp(b + 3 * one, 0, 6 * one) * (4096 / one)
        let h = Oracle.roundHalfUp(b * gate, 32768)
        let c = Oracle.roundHalfUp(h * multiplier, 32768)
        if Oracle.isTie(b * gate, 32768) { ties.h += 1 }
        if Oracle.isTie(h * multiplier, 32768) { ties.c += 1 }
        if Oracle.isTie(c, 1 << outputShift) { ties.y += 1 }
      }
    }
    #expect(failures == 0)
    #expect(ties.h > 0 && ties.c > 0 && ties.y > 0)
  }

  /// The accuracy of the integer h-swish on normally distributed inputs, against the real
  /// function: within 0.1 dB of rounding the exact value once, and 41.7–43.1 dB
  /// in all (give or take the choice of the range).
  @Test(arguments: [2.0, 3.0, 4.0, 5.0])
  func accuracy(_ deviation: Double) {
    var random = SplitMix64(seed: 41)
    let inputs = (0..<100_000).map { _ in deviation * random.nextNormal() }
    let exact = inputs.map { $0 * min(max($0 + 3, 0), 6) / 6 }

    // The calibrated range: the expected largest of a million values.
    let largest = 4.86 * deviation
    let fractionBits = (0...12).last { largest < exp2(Double(14 - $0)) } ?? 0
    let scale = (largest + 0.375) / 255
    let zeroPoint = Int((-128 + 0.375 / scale).rounded())
    let ratio = 4 / (3 * exp2(Double(fractionBits)) * scale)
    let outputShift = Int((-log2(ratio)).rounded(.down))
    let multiplier = Int((ratio * exp2(Double(outputShift)) * 32768).rounded())
    #expect((2...7).contains(outputShift) && (16384...32767).contains(multiplier))

    var signal = 0.0
    var noise = 0.0
    var roundingNoise = 0.0
    for (x, y) in zip(inputs, exact) {
      let b = Int((x * exp2(Double(fractionBits))).rounded())
      let q = swl_hard_swish(
        Int32(b), Int32(fractionBits), Int32(multiplier), Int32(zeroPoint), Int32(outputShift),
        -128, 127)
      let nearest = min(max((y / scale).rounded() + Double(zeroPoint), -128), 127)
      signal += y * y
      noise += square(y - (Double(q) - Double(zeroPoint)) * scale)
      roundingNoise += square(y - (nearest - Double(zeroPoint)) * scale)
    }
    let decibels = 10 * log10(signal / noise)
    let best = 10 * log10(signal / roundingNoise)
    #expect(best - decibels < 0.1, "\(decibels) dB, rounding once \(best) dB")
    #expect(decibels > 41.2 && decibels < 43.6, "\(decibels) dB")
  }

  private func square(_ x: Double) -> Double { x * x }
}

extension SplitMix64 {
  /// A normally distributed number (Box and Muller, 1958).
  fileprivate mutating func nextNormal() -> Double {
    let u = Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self)
    let v = Double.random(in: 0..<1, using: &self)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}
