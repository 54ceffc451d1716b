import Foundation
import SwiftletCompare
import Testing

@Suite("Metrics")
struct MetricsTests {
  private func isClose(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    a.map { abs($0 - b) <= tolerance } ?? false
  }

  @Test("Top-1 and top-5 over three images")
  func accuracy() {
    var counter = AccuracyCounter()
    #expect(counter.top1 == nil)
    let scores: [Float] = [9, 8, 7, 6, 5, 4]
    counter.add(scores, classIndex: 0)
    counter.add(scores, classIndex: 4)
    counter.add(scores, classIndex: 5)
    #expect(isClose(counter.top1, 1.0 / 3))
    #expect(isClose(counter.top5, 2.0 / 3))
  }

  @Test("Divergence of (½, ½) from (¼, ¾) is ½·ln 2 + ½·ln ⅔")
  func divergence() {
    let p: [Float] = [0, 0]
    let q: [Float] = [0, Float(log(3.0))]
    #expect(isClose(Scores.divergence(p, q), 0.5 * log(2.0) + 0.5 * log(2.0 / 3), 1e-7))
    #expect(Scores.divergence(q, q) == 0)
    // A probability of e^−2000 underflows; its divergence is still 2000 · ½ − ln 2.
    #expect(isClose(Scores.divergence([0, 0], [0, -2000]), 1000 - log(2.0), 1e-6))
  }

  @Test("Noise of 0.1 on a signal of 1 is 20 dB, over all calls together")
  func signalToNoise() {
    var sum = NoiseSum()
    #expect(sum.decibels == nil && sum.ratio == nil)
    sum.add(exact: [3, -4]) { [3, -4][$0] }
    #expect(sum.decibels == nil && sum.ratio == 0)
    sum.add(exact: [0, 5]) { [0.5, 5][$0] }
    // Signal 9 + 16 + 25 = 50, noise 0.25.
    #expect(isClose(sum.ratio, 0.005))
    #expect(isClose(sum.decibels, 10 * log10(200)))
  }

  @Test("A layer loses against its noisiest input, and is ranked by the noise it adds")
  func layerLoss() {
    func sum(_ noise: Float) -> NoiseSum {
      var sum = NoiseSum()
      sum.add(exact: [1]) { _ in 1 - noise.squareRoot() }
      return sum
    }
    let first = LayerLoss(name: "a", kind: "conv2D", own: sum(0.0001), inputs: [])
    let second = LayerLoss(
      name: "b", kind: "add", own: sum(0.04), inputs: [sum(0.0001), sum(0.01)])
    let third = LayerLoss(name: "c", kind: "conv2D", own: sum(0.01), inputs: [sum(0.04)])
    #expect(isClose(first.decibels, 40, 1e-3) && first.drop == nil)
    #expect(isClose(second.drop, 10 * log10(4), 1e-3))
    #expect(isClose(second.addedNoise, 0.03, 1e-6))
    #expect(isClose(third.drop, -10 * log10(4), 1e-3) && third.addedNoise == 0)
    #expect([first, second, third].worst(5).map(\.name) == ["b", "a"])
    #expect([LayerLoss]().worst(1).isEmpty)
  }
}
