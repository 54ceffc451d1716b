import Testing

@testable import SwiftletConvert

@Suite struct PackingTests {
  @Test func convolutionPutsEachWeightWhereTheFormatSays() {
    // 18 output channels, 2×1 taps, 5 inputs: two blocks, K = 2 · 8.
    let channels = (0..<18).map { n in (0..<10).map { Int8(n * 3 + $0 - 30) } }
    let packed = Packing.convolution(channels, taps: 2, inputs: 5)
    #expect(packed.count == 2 * 16 * 16)
    // [N/16][K/4][16][4]: channel 17, tap 1, input 4 is k = 12: block 1, quad 3, lane 1, byte 0.
    #expect(packed[((1 * 4 + 3) * 16 + 1) * 4 + 0] == channels[17][9])
    // Channel 2, tap 0, input 3: block 0, quad 0, lane 2, byte 3.
    #expect(packed[(0 * 16 + 2) * 4 + 3] == channels[2][3])
    // Every weight once; the rest is zero.
    #expect(packed.reduce(0) { $0 + Int($1) } == channels.joined().reduce(0) { $0 + Int($1) })
  }

  @Test func depthwiseGroupsTapsDownAColumn() {
    // 5×3 taps: [C/16][kw = 3][2][16][4].
    let channels = (0..<3).map { c in (0..<15).map { Int8(c * 15 + $0 + 1) } }
    let packed = Packing.depthwise(channels, kernelHeight: 5, kernelWidth: 3)
    #expect(packed.count == 3 * 2 * 16 * 4)
    // Channel 2, y = 4, x = 1: column 1, quad 1, lane 2, byte 0.
    #expect(packed[((1 * 2 + 1) * 16 + 2) * 4 + 0] == channels[2][4 * 3 + 1])
    // Channel 0, y = 3, x = 2: column 2, quad 0, lane 0, byte 3.
    #expect(packed[((2 * 2 + 0) * 16 + 0) * 4 + 3] == channels[0][3 * 3 + 2])
    #expect(packed[((1 * 2 + 1) * 16 + 2) * 4 + 1] == 0)
  }
}
