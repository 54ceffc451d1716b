import SwiftletInference
import SwiftletPlatform

/// How far two classifiers' scores are from each other.
public enum Scores {
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

  /// The cosine of the angle between two vectors; 0 where one of them is zero.
  public static func similarity(_ a: [Float], _ b: [Float]) -> Double {
    precondition(a.count == b.count)
    var (product, squaresOfA, squaresOfB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += Double(x) * Double(y)
      squaresOfA += Double(x) * Double(x)
      squaresOfB += Double(y) * Double(y)
    }
    let lengths = (squaresOfA * squaresOfB).squareRoot()
    return lengths > 0 ? product / lengths : 0
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
    let rank = Classification.rank(of: classIndex, in: scores)
    count += 1
    if rank < 1 { first += 1 }
    if rank < 5 { firstFive += 1 }
  }

  /// The fraction of images whose class has the highest score; nil without images.
  public var top1: Double? { count > 0 ? Double(first) / Double(count) : nil }

  /// The fraction of images whose class is among the five highest scores; nil without images.
  public var top5: Double? { count > 0 ? Double(firstFive) / Double(count) : nil }
}
