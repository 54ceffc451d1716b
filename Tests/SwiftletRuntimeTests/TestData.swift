import SwiftletTestSupport

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
