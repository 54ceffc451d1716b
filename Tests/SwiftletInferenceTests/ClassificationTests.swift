import Foundation
import SwiftletInference
import Testing

@Suite("Classification")
struct ClassificationTests {
  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-7) -> Bool {
    abs(a - b) <= tolerance
  }

  @Test("Softmax of logarithms gives the proportions, however large the scores")
  func softmax() {
    let scores = [Float(log(1.0)), Float(log(2.0)), Float(log(5.0))]
    for (found, wanted) in zip(Classification.probabilities(scores), [0.125, 0.25, 0.625]) {
      #expect(isClose(found, wanted))
    }
    #expect(Classification.probabilities([1000, 1000]) == [0.5, 0.5])
    #expect(Classification.probabilities([]).isEmpty)
  }

  @Test("Sigmoid takes each score by itself, and none leaves it")
  func otherActivations() {
    // 1 / (1 + e^−ln 3) = 3/4.
    let found = Classification.probabilities([Float(log(3.0)), 0, -2000, 2000], .sigmoid)
    for (found, wanted) in zip(found, [0.75, 0.5, 0, 1]) { #expect(isClose(found, wanted)) }
    #expect(Classification.probabilities([0.25, 0.5], .none) == [0.25, 0.5])
  }

  @Test("The best classes come with score and probability; of equal scores the lower class first")
  func top() {
    let top = Classification.top([0, 2, 2, -50], 3)
    #expect(top.map(\.classIndex) == [1, 2, 0])
    #expect(top.map(\.score) == [2, 2, 0])
    // e² / (1 + 2e²), from a table of e² = 7.389056.
    #expect(isClose(top[0].probability, 7.389_056 / 15.778_112, 1e-6))
    #expect(top[0].probability == top[1].probability)
    #expect(Classification.top([], 5).isEmpty)
    #expect(Classification.top([1], 5).count == 1)
    #expect(Classification.top([1], 0).isEmpty)
  }

  @Test("The rank is the place in the order of the best")
  func ties() {
    let scores: [Float] = [1, 3, 3, 0, 3]
    #expect(Classification.top(scores, 3).map(\.classIndex) == [1, 2, 4])
    #expect((0..<5).map { Classification.rank(of: $0, in: scores) } == [3, 0, 1, 4, 2])
    #expect(Classification.top(scores, 99).count == 5)
  }

  @Test("A mask has the best class of each place, of equal ones the lowest")
  func mask() {
    let scores: [Int8] = [
      1, 2, 3, /**/ 5, 5, 4, /**/ -128, -128, -127,
      127, 0, 127, /**/ 0, 0, 0, /**/ -3, -2, -2,
    ]
    let mask = scores.withUnsafeBufferPointer {
      ClassMask(scores: $0, width: 3, height: 2, channels: 3)
    }
    #expect(mask.width == 3 && mask.height == 2)
    #expect(mask.classes == [2, 0, 2, 0, 0, 1])
    let single = [Float](repeating: 7, count: 4)
    #expect(
      single.withUnsafeBufferPointer { ClassMask(scores: $0, width: 2, height: 2, channels: 1) }
        .classes == [0, 0, 0, 0])
  }
}
