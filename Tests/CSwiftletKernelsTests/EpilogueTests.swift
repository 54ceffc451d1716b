import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// Epilogues of every set on accumulators that are all bias: layers whose weights are zero.
@Suite struct EpilogueTests {
  /// Compares every set with the oracle, one output channel for each of `channels`.
  private static func check(_ channels: [OracleConstants], _ epilogue: OracleEpilogue) {
    var random = SplitMix64(seed: 71)
    let skip = random.int8s(channels.count, .random)
    let expected = zip(channels, skip).map { epilogue.apply($0.bias, $0, skip: Int($1)) }
    let input = AlignedBytes([Int8](repeating: -128, count: 4))
    let weights = AlignedBytes([Int8](repeating: 0, count: (channels.count + 15) / 16 * 64))
    let blocks = AlignedBytes(packChannelBlocks(channels, groups: 1))
    let other = AlignedBytes(skip)
    withExtendedLifetime((input, weights, blocks, other)) {
      var parameters = SwlFullyConnectedParams(
        in_count: 4, out_count: Int32(channels.count), weights: weights.int8s,
        blocks: blocks.channelBlocks, epilogue: epilogue.parameters(skip: other.int8s))
      for set in supportedSets {
        let kernels = kernelSet(set)
        let found = withGuardedOutput(channels.count, fill: 99) {
          kernels.fc(&parameters, input.int8s, $0, 0, Int32((channels.count + 15) / 16))
        }
        #expect(
          difference(found, expected) == nil, "\(String(cString: kernels.name)), \(epilogue)")
      }
    }
  }

  /// Curves of three widths of the core, with a ramp and without one.
  static let curves: [OracleEpilogue] = {
    var random = SplitMix64(seed: 73)
    let widths: [(shift: Int, hasRamp: Bool)] = [(0, true), (3, false), (12, true)]
    return widths.map { width in
      var curve = OracleCurve.random(&random)
      (curve.coreShift, curve.hasRamp) = (width.shift, width.hasRamp)
      return .curve(KernelCurve(curve), outputShift: 4)
    }
  }()

  static let epilogues: [OracleEpilogue] = [
    .requantize, .hardSwish(fractionBits: 0, outputShift: 2),
    .hardSwish(fractionBits: 9, outputShift: 5), .hardSwish(fractionBits: 12, outputShift: 7),
    .add(multiplier: 0), .add(multiplier: 9001), .add(multiplier: 16383),
  ]

  /// Every 16-bit number that a shifted accumulator can be.
  @Test(arguments: curves + epilogues)
  func everyShiftedAccumulator(_ epilogue: OracleEpilogue) {
    let multipliers = [16384, 16385, 20481, 28672, 32766, 32767]
    let secondMultipliers = [16384, 32767, 24576, 20481, 0]
    let zeroPoints = [0, -128, 127, -77]
    Self.check(
      (-32768...32767).map { a in
        var c = OracleConstants()
        c.bias = a
        c.multiplier = multipliers[(a + 32768) % multipliers.count]
        c.secondMultiplier = secondMultipliers[(a + 32768) % secondMultipliers.count]
        c.zeroPoint = zeroPoints[(a + 32768) % zeroPoints.count]
        return c
      }, epilogue)
  }

  /// Every shift with accumulators of all magnitudes, and those next to where they saturate.
  @Test(arguments: [-7...24, 0...24, 1...24, -7...(-1)])
  func everyShift(_ shifts: ClosedRange<Int>) {
    var random = SplitMix64(seed: 72)
    let ends = [Int(Int32.min), Int(Int32.min) + 1, -1, 0, 1, Int(Int32.max)]
    var channels: [OracleConstants] = []
    for shift in shifts {
      let edges = [32767, 32768, -32768, -32769].flatMap { edge in
        (-1...1).map { Oracle.floorDivide(edge << 24, 1 << (24 - shift)) + $0 }
      }
      let some = (0..<64).map { _ in
        Int(Int32(truncatingIfNeeded: random.next()) >> Int32.random(in: 0...31, using: &random))
      }
      for accumulator in ends + edges + some where Int32(exactly: accumulator) != nil {
        var c = OracleConstants()
        c.bias = accumulator
        c.shift = shift
        c.multiplier = Int.random(in: 16384...32767, using: &random)
        channels.append(c)
      }
    }
    // So that shifts stand side by side in a block.
    channels.shuffle(using: &random)
    Self.check(channels, .requantize)
  }
}
