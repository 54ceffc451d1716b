import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// The definition of a curve in C against that in exact integers.
@Suite struct CurveTests {
  /// Every b, on segments of all magnitudes, with every shift of the core.
  @Test(arguments: 0...12, [false, true])
  func matchesTheOracle(_ coreShift: Int, _ hasRamp: Bool) {
    var random = SplitMix64(seed: UInt64(coreShift))
    var curve = OracleCurve.random(&random)
    (curve.coreShift, curve.hasRamp) = (coreShift, hasRamp)
    let kernelCurve = KernelCurve(curve)
    var (failures, saturated) = (0, 0)
    for b in -32768...32767 {
      let found = swl_curve(Int32(b), kernelCurve.pointer, Int32(coreShift), hasRamp ? 1 : 0)
      let wanted = curve.apply(b)
      if Int(found) != wanted { failures += 1 }
      if wanted == 32767 { saturated += 1 }
    }
    #expect(failures == 0)
    #expect(saturated > 0 || !hasRamp)
  }

  /// The example that stands beside the definition.
  @Test func example() {
    var segments = [OracleCurve.Segment](repeating: OracleCurve.Segment(), count: 32)
    segments[18] = OracleCurve.Segment(100, 50, 10)
    let curve = KernelCurve(OracleCurve(segments, coreShift: 1, hasRamp: false))
    #expect(swl_curve(3000, curve.pointer, 1, 0) == 151)
    #expect(swl_curve(3000, curve.pointer, 1, 1) == 3151)
  }

  @Test func endsAsAProductDoes() {
    let constants: [(Int, Int, Int)] = [(16384, -128, 2), (32767, 127, 7), (1, 3, 5)]
    var failures = 0
    for (multiplier, zeroPoint, shift) in constants {
      for h in stride(from: -32768, through: 32767, by: 7) {
        let found = swl_finish_curve(
          Int32(h), Int32(multiplier), Int32(zeroPoint), Int32(shift), -128, 127)
        let wanted = Oracle.finishCurve(
          h, multiplier: multiplier, zeroPoint: zeroPoint, outputShift: shift, lo: -128, hi: 127)
        if Int(found) != wanted { failures += 1 }
      }
    }
    #expect(failures == 0)
  }
}
