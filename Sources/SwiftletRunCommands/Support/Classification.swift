/// Scores of a classifier for presentation: probabilities and the best classes.
enum Classification {
  /// One of the best classes.
  struct Entry {
    let index: Int
    let probability: Double
    let score: Float
  }

  /// The `count` best classes; of equal scores the lower class comes first. Probabilities are the
  /// softmax over all classes.
  static func top(_ scores: [Float], _ count: Int) -> [Entry] {
    guard let largest = scores.max() else { return [] }
    let powers = scores.map { System.exponential(Double($0) - Double(largest)) }
    let sum = powers.reduce(0, +)
    let order = scores.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    return order.prefix(count).map {
      Entry(index: $0, probability: powers[$0] / sum, score: scores[$0])
    }
  }
}
