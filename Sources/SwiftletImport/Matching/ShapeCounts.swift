/// How often each shape of two or more dimensions occurs: the fingerprint of a network's layers.
struct ShapeCounts {
  private var counts: [[Int]: Int] = [:]
  private(set) var total = 0

  init(_ shapes: [[Int]]) {
    for shape in shapes where shape.count >= 2 {
      counts[squeezed(shape), default: 0] += 1
      total += 1
    }
  }

  /// Takes one away; false, with nothing changed, where there is none of this shape.
  mutating func take(_ shape: [Int]) -> Bool {
    let key = squeezed(shape)
    guard let count = counts[key] else { return false }
    counts[key] = count > 1 ? count - 1 : nil
    total -= 1
    return true
  }

  /// The shape that is left when no other is.
  var only: [Int]? { total == 1 ? counts.keys.first : nil }

  /// How many shapes both have.
  func common(with other: ShapeCounts) -> Int {
    counts.reduce(0) { $0 + min($1.value, other.counts[$1.key, default: 0]) }
  }
}

/// A shape without the trailing ones beyond two dimensions: a 1×1 convolution and a linear layer
/// hold the same numbers in the same order.
func squeezed(_ shape: [Int]) -> [Int] {
  var result = shape
  while result.count > 2, result.last == 1 { result.removeLast() }
  return result
}
