extension RandomAccessCollection {
  /// Where `count` elements stand, evenly spread over the collection and always the same ones; all where
  /// there are no more.
  package func spreadIndices(_ count: Int) -> [Index] {
    guard self.count > count else { return Array(indices) }
    return (0..<Swift.max(0, count)).map {
      index(startIndex, offsetBy: $0 * self.count / count)
    }
  }
}
