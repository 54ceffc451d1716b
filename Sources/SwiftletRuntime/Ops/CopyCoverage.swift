/// Which elements of its output a copy has written.
struct CopyCoverage {
  /// A bit for each element.
  private var words: [UInt64]

  /// Whether the pieces, which lie within `elementCount` elements, write none of them twice.
  static func isDisjoint(_ pieces: [CopyPiece], elementCount: Int) -> Bool {
    if pieces.count == 1 && isInjective(CopyLoop(pieces[0])) { return true }
    var coverage = CopyCoverage(words: [UInt64](repeating: 0, count: elementCount / 64 + 1))
    for piece in pieces {
      let dimensions = CopyLoop(piece).dimensions
      if !coverage.add(dimensions[...], at: piece.destinationStart) { return false }
    }
    return true
  }

  /// Whether each stride steps over all that the smaller ones reach, which is enough.
  private static func isInjective(_ loop: CopyLoop) -> Bool {
    var dimensions = loop.dimensions
    dimensions.sort { $0.destinationStride < $1.destinationStride }
    var reach = 0
    for dimension in dimensions where dimension.size > 1 {
      if dimension.destinationStride <= reach { return false }
      reach += (dimension.size - 1) * dimension.destinationStride
    }
    return true
  }

  private mutating func add(_ dimensions: ArraySlice<CopyLoop.Dimension>, at start: Int) -> Bool {
    guard let outer = dimensions.first else { return true }
    let rest = dimensions.dropFirst()
    if rest.isEmpty && outer.destinationStride == 1 { return add(start..<(start + outer.size)) }
    for index in 0..<outer.size {
      let place = start + index * outer.destinationStride
      let isNew = rest.isEmpty ? add(place..<(place + 1)) : add(rest, at: place)
      if !isNew { return false }
    }
    return true
  }

  /// Adds a range of elements, and returns whether none of them was there.
  private mutating func add(_ range: Range<Int>) -> Bool {
    var begin = range.lowerBound
    while begin < range.upperBound {
      let bit = begin % 64
      let count = min(64 - bit, range.upperBound - begin)
      let mask = (UInt64.max >> UInt64(64 - count)) << UInt64(bit)
      if words[begin / 64] & mask != 0 { return false }
      words[begin / 64] |= mask
      begin += count
    }
    return true
  }
}
