import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

@Suite struct FixedPointTests {
  @Test(arguments: [1.0, 0.5, 2.0, 0.75, 1e-6, 3.14159, 16383.5, 1.0 / 3, 0.9999847, 127.9])
  func isNearest(value: Double) {
    let fixed = FixedPoint(value)
    #expect((1 << 14..<1 << 15).contains(fixed.multiplier))
    // Half a unit of the last place of a 15-bit mantissa.
    #expect(abs(fixed.value - value) <= value / Double(1 << 15))
  }

  @Test func multiplierThatRoundsUpLosesAnExponent() {
    // 0.99999 · 2¹⁵ rounds to 2¹⁵, which is 2¹⁴ · 2.
    let fixed = FixedPoint(0.99999)
    #expect(fixed.multiplier == 1 << 14)
    #expect(fixed.exponent == 14)
    #expect(fixed.value == 1)
  }

  @Test func requantizerMatchesItsDefinition() throws {
    // M = m / 2¹⁵ · 2^−s · 2⁻⁶ by hand: M = 0.001 → M · 64 = 0.064 = 0.512 · 2⁻³ = 1.024/16.
    let requantizer = try #require(Requantizer(factor: 0.001))
    #expect(requantizer.shift == 3)
    #expect(requantizer.multiplier == 16777)  // 0.512 · 32768 = 16777.2
    #expect(requantizer.roundingHalf == 4)
    #expect(abs(requantizer.factor - 0.001) < 0.001 / 32768)
  }

  @Test func shiftsOutsideTheFormatAreRefused() {
    #expect(Requantizer(factor: 1.99) != nil)
    #expect(Requantizer(factor: 2.01) == nil)
    #expect(Requantizer(factor: 1.01 / Double(1 << 31)) != nil)
    #expect(Requantizer(factor: 0.9 / Double(1 << 31)) == nil)
    #expect(Requantizer(factor: 0) == nil)
    #expect(Requantizer(factor: .nan) == nil)
    #expect(Requantizer(factor: .infinity) == nil)
  }
}
