import SwiftletTestSupport

/// The arithmetic of the specification, in unbounded-enough integers and with plain loops.
enum Oracle {
  /// ⌊x / 2ⁿ⌋ for n ≥ 0, x·2⁻ⁿ for n < 0.
  static func scaled(_ x: Int, _ n: Int) -> Int {
    n < 0 ? x * (1 << -n) : Int((Double(x) / Double(1 << n)).rounded(.down))
  }

  /// ⌊x·y / 2¹⁵ + ½⌋.
  static func product15(_ x: Int, _ y: Int) -> Int { scaled(x * y + 16384, 15) }

  static func clamp(_ x: Int, _ lo: Int, _ hi: Int) -> Int { max(lo, min(hi, x)) }

  /// b of the requantization.
  static func b(_ sum: Int, m: Int, s: Int) -> Int {
    product15(clamp(scaled(sum, s), -32768, 32767), m)
  }

  static func requantize(_ sum: Int, m: Int, s: Int, lo: Int, hi: Int) -> Int {
    clamp(scaled(b(sum, m: m, s: s), 6), lo, hi)
  }

  static func hardSwish(_ b: Int, f: Int, shift: Int, m2: Int, zeroPoint: Int, lo: Int, hi: Int)
    -> Int
  {
    let gate = clamp(b + 3 * (1 << f), 0, 6 * (1 << f)) * (1 << (12 - f))
    let c = product15(product15(b, gate), m2)
    return clamp(scaled(c + zeroPoint * (1 << shift) + (1 << (shift - 1)), shift), lo, hi)
  }

  static func add(_ b: Int, skip: Int, m: Int, lo: Int, hi: Int) -> Int {
    clamp(scaled(b + product15(skip * 256, m), 6), lo, hi)
  }
}

/// Constants of one output channel.
struct OracleConstants {
  var bias = 0
  var m = 1 << 14
  var s = 0
  var lo = -128
  var hi = 127
  var m2 = 0
  var zeroPoint = 0
  var weightSum128 = 0

  static func random(_ generator: inout SplitMix64, hardSwish: Bool) -> OracleConstants {
    OracleConstants(
      bias: Int.random(in: -20_000...20_000, using: &generator),
      m: Int.random(in: 16384...32767, using: &generator),
      s: Int.random(in: -2...3, using: &generator),
      lo: Int.random(in: -128 ... -60, using: &generator),
      hi: Int.random(in: 60...127, using: &generator),
      m2: hardSwish ? Int.random(in: 16384...32767, using: &generator) : 0)
  }
}

/// The channel blocks of groups of channels, padded with zeros.
func channelBlocks(_ groups: [[OracleConstants]]) -> [UInt8] {
  var result: [UInt8] = []
  for group in groups {
    for first in stride(from: 0, to: group.count, by: 16) {
      var lanes = Array(group[first..<min(first + 16, group.count)])
      while lanes.count < 16 {
        lanes.append(OracleConstants(m: 0, lo: 0, hi: 0))
      }
      result += lanes.flatMap { littleEndian(Int32($0.bias)) }
      result += lanes.flatMap { littleEndian(Int32($0.weightSum128)) }
      result += lanes.flatMap { littleEndian(Int16($0.m)) }
      result += lanes.flatMap { littleEndian(Int16($0.m2)) }
      result += lanes.flatMap { littleEndian(Int8($0.s)) }
      result += lanes.flatMap { littleEndian(Int8($0.lo)) }
      result += lanes.flatMap { littleEndian(Int8($0.hi)) }
      result += lanes.flatMap { littleEndian(Int8($0.zeroPoint)) }
    }
  }
  return result
}

/// Packs `weights[channel][run][place]` of one group as `[⌈N/16⌉][runs][⌈length/4⌉][16][4]`.
func pack(_ weights: [[[Int]]]) -> [Int8] {
  let runs = weights[0].count
  let quads = (weights[0][0].count + 3) / 4
  var result: [Int8] = []
  for first in stride(from: 0, to: weights.count, by: 16) {
    for run in 0..<runs {
      for quad in 0..<quads {
        for channel in first..<(first + 16) {
          for place in (4 * quad)..<(4 * quad + 4) {
            let isReal = channel < weights.count && place < weights[0][0].count
            result.append(isReal ? Int8(weights[channel][run][place]) : 0)
          }
        }
      }
    }
  }
  return result
}

/// Random int8 values.
func randomBytes(_ count: Int, _ generator: inout SplitMix64) -> [Int8] {
  (0..<count).map { _ in Int8.random(in: -128...127, using: &generator) }
}

/// Random weights `[channel][run][place]`.
func randomWeights(
  _ channels: Int, _ runs: Int, _ length: Int, _ generator: inout SplitMix64
) -> [[[Int]]] {
  (0..<channels).map { _ in
    (0..<runs).map { _ in
      (0..<length).map { _ in Int.random(in: -127...127, using: &generator) }
    }
  }
}
