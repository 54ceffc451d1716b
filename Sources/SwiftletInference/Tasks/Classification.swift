internal import SwiftletPlatform
import SwiftletRuntime

/// A class with what the network says about it.
public struct RankedClass: Equatable, Sendable {
  /// From 0.
  public let classIndex: Int
  /// The score.
  public let score: Float
  /// What the activation makes of it.
  public let probability: Double

  /// A class from its figures.
  public init(classIndex: Int, score: Float, probability: Double) {
    self.classIndex = classIndex
    self.score = score
    self.probability = probability
  }
}

/// What a classifier's scores say: the order of the classes and their probabilities.
public enum Classification {
  /// The probabilities of all classes: e^(xᵢ − max) / Σ e^(xⱼ − max) where they exclude each other,
  /// 1 / (1 + e^−x) where each may be right or not, and the scores where there is no activation.
  public static func probabilities(
    _ scores: [Float], _ activation: ScoreActivation = .softmax
  ) -> [Double] {
    switch activation {
    case .softmax:
      guard let largest = scores.max() else { return [] }
      var powers = scores.map { exp(Double($0) - Double(largest)) }
      let sum = powers.reduce(0, +)
      for index in powers.indices { powers[index] /= sum }
      return powers
    case .sigmoid: return scores.map { 1 / (1 + exp(-Double($0))) }
    case .none: return scores.map { Double($0) }
    }
  }

  /// The `count` classes with the highest scores; of equal scores the lower class comes first.
  public static func top(
    _ scores: [Float], _ count: Int, _ activation: ScoreActivation = .softmax
  ) -> [RankedClass] {
    let probabilities = probabilities(scores, activation)
    let order = scores.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    return order.prefix(count).map {
      RankedClass(classIndex: $0, score: scores[$0], probability: probabilities[$0])
    }
  }

  /// How many classes come before `classIndex` in the order of `top`.
  public static func rank(of classIndex: Int, in scores: [Float]) -> Int {
    let own = scores[classIndex]
    var before = 0
    for index in scores.indices
    where scores[index] > own || (scores[index] == own && index < classIndex) {
      before += 1
    }
    return before
  }
}
