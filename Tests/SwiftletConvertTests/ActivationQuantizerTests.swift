import SwiftletRuntime
import Testing

@testable import SwiftletConvert

@Suite struct ActivationQuantizerTests {
  @Test(arguments: [
    (0.0...6.0, 6.0 / 255, -128), (-1.0...1.0, 2.0 / 255, 0), (-2.55...0.0, 0.01, 127),
    (1.0...2.0, 2.0 / 255, -128), (-5.1...5.1, 0.04, 0),
  ])
  func coversTheRangeAndZero(range: ClosedRange<Double>, scale: Double, zeroPoint: Int) {
    let record = ActivationQuantizer.parameters(covering: range)
    #expect(abs(Double(record.scale) - scale) < 1e-6)
    #expect(abs(Int(record.zeroPoint) - zeroPoint) <= 1)
    #expect(record.quantize(0) == Int8(record.zeroPoint))
    #expect(record.dequantize(Int8(record.zeroPoint)) == 0)
  }

  @Test func emptyRangeIsUsable() {
    let record = ActivationQuantizer.parameters(covering: 0...0)
    #expect(record.scale > 0)
    #expect(record.quantize(0) == -128)
  }

  @Test func halvesRoundUpAndEndsSaturate() {
    let record = QuantizationRecord(scale: 0.5, zeroPoint: 1)
    #expect(record.quantize(0.25) == 2)
    #expect(record.quantize(-0.25) == 1)
    #expect(record.quantize(1000) == 127)
    #expect(record.quantize(-1000) == -128)
  }

  @Test func gateOfOneIsExact() {
    #expect(ActivationQuantizer.gate.quantize(1) == 127)
    #expect(abs(ActivationQuantizer.gate.dequantize(127) - 1) < 1e-6)
  }
}
