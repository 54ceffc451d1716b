import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

@Suite struct ChannelQuantizerTests {
  /// DESIGN's epilogue in exact integers, written from the formulas.
  private func epilogue(_ accumulator: Int, _ requantizer: Requantizer) -> Int {
    let s = requantizer.shift
    let shifted =
      s >= 0
      ? Int(floor(Double(accumulator) / exp2(Double(s)))) : accumulator * (1 << -s)
    let a = min(max(shifted, -32768), 32767)
    let b = Int(floor(Double(a * requantizer.multiplier + 16384) / 32768))
    return min(max(Int(floor(Double(b) / 64)), -128), 127)
  }

  @Test(arguments: 0..<40) func outputIsWithinOneStepOfExactRounding(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let inputs = 1 + Int(random.next() % 60)
    let weights = (0..<inputs).map { _ in random.nextSignedUnit() * 0.3 }
    let inputScale = 0.02
    let inputZeroPoint = Int(random.next() % 256) - 128
    let outputScale = 0.01 * exp2(Double(seed % 8))
    let zeroPoint = Int(random.next() % 256) - 128
    let bias = Double(random.nextSignedUnit())
    let quantizer = ChannelQuantizer(
      inputScale: inputScale, inputZeroPoint: inputZeroPoint, outputScale: outputScale,
      zeroPoint: Double(zeroPoint))
    let channel = try #require(quantizer.quantize(weights: weights[...], bias: bias))

    var differing = 0
    for _ in 0..<500 {
      let q = (0..<inputs).map { _ in Int(random.next() % 256) - 128 }
      var accumulator = channel.bias
      var real = bias
      for (level, weight) in zip(q, channel.weights) {
        accumulator += level * Int(weight)
        real += inputScale * Double(level - inputZeroPoint) * channel.weightScale * Double(weight)
      }
      let exact = floor(real / outputScale + Double(zeroPoint) + 0.5)
      let clamped = min(max(Int(exact), -128), 127)
      let found = epilogue(accumulator, channel.requantizer)
      #expect(abs(found - clamped) <= 1)
      if found != clamped { differing += 1 }
    }
    // Rounding twice may differ where the exact value is next to a tie, and only there.
    #expect(differing <= 25)
  }

  @Test func weightsKeepTheirSignAndStayInRange() throws {
    let quantizer = ChannelQuantizer(
      inputScale: 0.01, inputZeroPoint: 3, outputScale: 0.05, zeroPoint: -10)
    let channel = try #require(quantizer.quantize(weights: [-1, 1, 0.5, 0][...], bias: 0))
    #expect(channel.weights == [-127, 127, 64, 0])
    #expect(abs(channel.weightScale - 1.0 / 127) < 1e-12)
  }

  @Test func nearDeadChannelGetsACoarserScale() throws {
    // With max|w|/127 the bias would be 1 / (0.02 · 1e-12 / 127) = 6e15 steps.
    let quantizer = ChannelQuantizer(
      inputScale: 0.02, inputZeroPoint: 0, outputScale: 0.02, zeroPoint: 0)
    let channel = try #require(quantizer.quantize(weights: [1e-12, -1e-12][...], bias: 1))
    #expect(abs(channel.bias) + 128 * 254 < 1 << 30)
    // The channel still gives its bias: 1 / 0.02 = 50.
    #expect(epilogue(channel.bias, channel.requantizer) == 50)
  }

  @Test func channelOfZerosGivesItsBias() throws {
    let quantizer = ChannelQuantizer(
      inputScale: 0.5, inputZeroPoint: -128, outputScale: 0.1, zeroPoint: -7)
    let channel = try #require(quantizer.quantize(weights: [0, 0, 0][...], bias: -2.04))
    #expect(epilogue(channel.bias, channel.requantizer) == -27)  // −20.4 − 7 rounds to −27
  }

  @Test func weightsTooLargeForTheOutputAreRefused() {
    let quantizer = ChannelQuantizer(
      inputScale: 1, inputZeroPoint: 0, outputScale: 0.001, zeroPoint: 0)
    #expect(quantizer.quantize(weights: [1][...], bias: 0) == nil)
  }

  @Test func preactivationHasItsFractionBits() throws {
    let quantizer = ChannelQuantizer(
      inputScale: 0.02, inputZeroPoint: 5, preactivationUnit: 1 / 1024.0)
    let channel = try #require(quantizer.quantize(weights: [0.25, -0.125][...], bias: 0.3))
    var accumulator = channel.bias
    accumulator += 105 * Int(channel.weights[0]) + 55 * Int(channel.weights[1])
    // x = 0.02 · 100 · 0.25 − 0.02 · 50 · 0.125 + 0.3 = 0.675, up to weight rounding.
    let s = channel.requantizer.shift
    let a = s >= 0 ? accumulator >> s : accumulator << -s
    let b = (a * channel.requantizer.multiplier + 16384) >> 15
    #expect(abs(Double(b) / 1024 - 0.675) < 0.005)
  }
}
