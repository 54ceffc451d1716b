import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// How many random inputs a rounding function gets. Unoptimised code gets fewer.
private let randomInputs: Int = {
  #if DEBUG
    return 60_000
  #else
    return 1_500_000
  #endif
}()

/// The multipliers at the ends of the range and some between, odd ones and even ones.
private let multipliers = [16384, 16385, 20000, 24576, 28672, 32766, 32767]

@Suite struct RequantizeTests {
  private static func agree(_ accumulator: Int, _ shift: Int, _ multiplier: Int) -> Bool {
    let b = swl_requantize_16(Int32(accumulator), Int32(shift), Int32(multiplier))
    let y = swl_requantize(Int32(accumulator), Int32(shift), Int32(multiplier), -128, 127)
    return
      Int(b) == Oracle.requantize16(accumulator, shift: shift, multiplier: multiplier)
      && Int(y)
        == Oracle.requantize(accumulator, shift: shift, multiplier: multiplier, lo: -128, hi: 127)
  }

  @Test func randomInputs() {
    var random = SplitMix64(seed: 31)
    var failures = 0
    for _ in 0..<CSwiftletKernelsTests.randomInputs {
      let shift = Int.random(in: -7...24, using: &random)
      // Magnitudes around what the shift brings into 16 bits, and some far beyond it.
      let bits = max(1, min(30, 16 + shift + Int.random(in: -8...2, using: &random)))
      let limit = 1 << bits
      let accumulator = Int.random(in: -limit + 1..<limit, using: &random)
      let multiplier = Int.random(in: 16384...32767, using: &random)
      if !Self.agree(accumulator, shift, multiplier) { failures += 1 }
    }
    #expect(failures == 0)
  }

  @Test(arguments: -7...24)
  func extremeAccumulators(_ shift: Int) {
    var failures = 0
    let centres = [0, 1 << 30, -1 << 30, Int(Int32.max) - 2, Int(Int32.min) + 2]
    let edges = [32767, 32768, -32768, -32769].map {
      Oracle.floorDivide($0 << 24, 1 << (24 - shift))
    }
    for centre in centres + edges {
      for accumulator in centre - 2...centre + 2 {
        guard let fitting = Int32(exactly: accumulator) else { continue }
        for multiplier in multipliers where !Self.agree(Int(fitting), shift, multiplier) {
          failures += 1
        }
      }
    }
    #expect(failures == 0)
  }

  /// The shift as a multiplication, of every amount that it takes.
  @Test(arguments: Int32(0)...31)
  func shiftByFactor(_ shift: Int32) {
    var random = SplitMix64(seed: UInt64(shift))
    let factor = swl_shift_factor(shift)
    var accumulators: [Int32] = [.min, .min + 1, -2, -1, 0, 1, 2, .max - 1, .max]
    for _ in 0..<2000 {
      let any = Int32(truncatingIfNeeded: random.next())
      accumulators.append(any)
      // Multiples of 2^shift and their neighbours.
      for offset in -1...1 { accumulators.append((any >> shift) << shift &+ Int32(offset)) }
    }
    let failures = accumulators.count {
      swl_floor_shift_by_factor(UInt32(bitPattern: $0) &+ (1 << 31), factor)
        != swl_floor_shift($0, shift)
    }
    #expect(failures == 0)
  }

  /// Halves of the shift: odd multiples of 2^(s−1), and their neighbours.
  @Test(arguments: 1...24)
  func tiesOfTheShift(_ shift: Int) {
    var random = SplitMix64(seed: UInt64(shift))
    var failures = 0
    for _ in 0..<500 {
      let half = 1 << (shift - 1)
      let largest = min(40_000, (1 << 30) / half - 1)
      let tie = (2 * Int.random(in: -largest / 2...largest / 2, using: &random) + 1) * half
      for accumulator in tie - 1...tie + 1 where abs(accumulator) < 1 << 30 {
        if !Self.agree(accumulator, shift, random.pick(multipliers)) { failures += 1 }
      }
    }
    #expect(failures == 0)
  }

  /// a·m is an odd multiple of 2¹⁴ exactly when a and m hold 14 factors of two together.
  @Test(arguments: 0...14)
  func tiesOfTheMultiplication(_ factors: Int) {
    var failures = 0
    var ties = 0
    for multiplier in stride(from: 16384, to: 32768, by: 1 << factors)
    where multiplier >> factors & 1 == 1 || factors == 14 {
      let unit = 1 << (14 - factors)
      for odd in [-32767, -4099, -513, -7, -3, -1, 1, 3, 9, 255, 8191, 32767] {
        let a = odd * unit
        guard a >= -32768, a <= 32767 else { continue }
        if Oracle.isTie(a * multiplier, 32768) { ties += 1 }
        let found = Int(swl_multiply_q15(Int32(a), Int32(multiplier)))
        if found != Oracle.roundHalfUp(a * multiplier, 32768) { failures += 1 }
      }
    }
    #expect(failures == 0)
    #expect(ties > 0)
  }

  /// Every b, through m = 2¹⁴ and a doubled accumulator, hence every tie of the last shift.
  @Test func everySixteenBitResult() {
    var failures = 0
    for a in -32768...32767 where !Self.agree(a, 0, 16384) { failures += 1 }
    #expect(failures == 0)
  }

  /// With its halves folded into the bias, requantization rounds to nearest.
  @Test func foldedHalvesRoundToNearest() {
    // M = 2^−12 as s = 6, m = 2¹⁴, and one more from m/2¹⁵ = ½: 2^−6·½·2^−6 = 2^−13.
    let shift = 6
    let scale = 1 << 13
    let bias = scale / 2 - scale / 128 + 1 << (shift - 1)
    var failures = 0
    for product in stride(from: -900_000, through: 900_000, by: 37) {
      let y = swl_requantize(Int32(product + bias), Int32(shift), 16384, -128, 127)
      let exact = Oracle.clamp(Oracle.roundHalfUp(product, scale), -128, 127)
      // The 7-bit rounding in between may move a result near a tie, by one at most.
      if abs(Int(y) - exact) > 1 { failures += 1 }
      let distance = abs(abs(Oracle.floorDivide(product, scale) * scale - product) - scale / 2)
      if distance > scale / 32, Int(y) != exact { failures += 1 }
    }
    #expect(failures == 0)
  }

  @Test func clampsHoldForEveryPair() {
    var failures = 0
    for lo in stride(from: -128, through: 127, by: 17) {
      for hi in stride(from: lo, through: 127, by: 13) {
        for accumulator in stride(from: -20_000, through: 20_000, by: 977) {
          let found = swl_requantize(Int32(accumulator), 0, 20000, Int32(lo), Int32(hi))
          let wanted = Oracle.requantize(
            accumulator, shift: 0, multiplier: 20000, lo: lo, hi: hi)
          if Int(found) != wanted { failures += 1 }
        }
      }
    }
    #expect(failures == 0)
  }

  /// Every operand against both ends and the middle of b, and multipliers that make ties.
  @Test func residualAdd() {
    var failures = 0
    var ties = 0
    for multiplier in [0, 1, 64, 192, 4096, 8191, 8192, 12345, 16320, 16383] {
      for q in -128...127 {
        if Oracle.isTie(q * 256 * multiplier, 32768) { ties += 1 }
        for b in [-32767, -4097, -64, -63, -33, -1, 0, 31, 32, 63, 64, 4095, 32767] {
          let found = swl_residual_add(Int32(b), Int32(q), Int32(multiplier), -128, 127)
          let wanted = Oracle.residualAdd(b, q, multiplier: multiplier, lo: -128, hi: 127)
          if Int(found) != wanted { failures += 1 }
        }
      }
    }
    #expect(failures == 0)
    #expect(ties > 100)
  }
}
