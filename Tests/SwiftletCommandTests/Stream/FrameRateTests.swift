import Testing

@testable import SwiftletRunCommands

@Suite("Frames a second")
struct FrameRateTests {
  @Test("Four results in a second and a half are two a second: the first starts the clock")
  func rate() {
    var rate = FrameRate()
    for time in [7_000, 7_100, 8_000, 8_500] { rate.add(at: UInt64(time) * 1_000_000) }
    #expect(rate.perSecond == 2)
  }

  @Test("Fewer than two results have no rate, nor have two at once")
  func none() {
    var rate = FrameRate()
    #expect(rate.perSecond == nil)
    rate.add(at: 5)
    #expect(rate.perSecond == nil)
    rate.add(at: 5)
    #expect(rate.perSecond == nil)
  }
}
