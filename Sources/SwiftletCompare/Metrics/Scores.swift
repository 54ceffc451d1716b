import SwiftletPlatform

/// What a classifier's scores say: the order of the classes and their probabilities.
public enum Scores {
  /// A class with its probability, 0…1.
  public struct Ranked: Equatable, Sendable {
    /// From 0.
    public let classIndex: Int
    /// Of the softmax over all classes.
    public let probability: Double

    /// A class with its probability.
    public init(classIndex: Int, probability: Double) {
      self.classIndex = classIndex
      self.probability = probability
    }
  }

  /// The probabilities e^(xᵢ − max) / Σ e^(xⱼ − max).
  public static func softmax(_ scores: [Float]) -> [Double] {
    guard let largest = scores.max() else { return [] }
    let powers = scores.map { exp(Double($0) - Double(largest)) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// The `count` classes with the highest scores; of equal scores the lower class comes first.
  public static func top(_ scores: [Float], _ count: Int) -> [Ranked] {
    let probabilities = softmax(scores)
    let order = scores.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    return order.prefix(count).map {
      Ranked(classIndex: $0, probability: probabilities[$0])
    }
  }

  /// How many classes come before `classIndex` in the order of `top`.
  public static func rank(of classIndex: Int, in scores: [Float]) -> Int {
    let own = scores[classIndex]
    var before = 0
    for (index, score) in scores.enumerated()
    where score > own || (score == own && index < classIndex) {
      before += 1
    }
    return before
  }

  /// The Kullback-Leibler divergence Σ p·ln(p/q) of two scores' softmax, in nats.
  ///
  /// Computed from the logarithms of the probabilities, so that a probability that underflows to
  /// zero in `q` costs what it should and not infinity.
  public static func divergence(_ p: [Float], _ q: [Float]) -> Double {
    precondition(p.count == q.count)
    let logP = logSoftmax(p)
    let logQ = logSoftmax(q)
    var sum = 0.0
    for index in logP.indices { sum += exp(logP[index]) * (logP[index] - logQ[index]) }
    return max(0, sum)
  }

  private static func logSoftmax(_ scores: [Float]) -> [Double] {
    guard let largest = scores.max() else { return [] }
    let shifted = scores.map { Double($0) - Double(largest) }
    let logSum = log(shifted.reduce(0) { $0 + exp($1) })
    return shifted.map { $0 - logSum }
  }
}

/// How often a classifier is right.
public struct AccuracyCounter: Equatable, Sendable {
  /// Images with a known class.
  public private(set) var count = 0
  private var first = 0
  private var firstFive = 0

  /// No images yet.
  public init() {}

  /// Counts one image whose class is known.
  public mutating func add(_ scores: [Float], classIndex: Int) {
    let rank = Scores.rank(of: classIndex, in: scores)
    count += 1
    if rank < 1 { first += 1 }
    if rank < 5 { firstFive += 1 }
  }

  /// The fraction of images whose class has the highest score; nil without images.
  public var top1: Double? { count > 0 ? Double(first) / Double(count) : nil }

  /// The fraction of images whose class is among the five highest scores; nil without images.
  public var top5: Double? { count > 0 ? Double(firstFive) / Double(count) : nil }
}
