internal import CSwiftletSystem

/// Whether the pieces of a copy, which lie within its output, write no element of it twice.
struct CopyCoverage {
  private let loops: [(loop: CopyLoop, start: Int)]
  private let elementCount: Int
  /// Whether it is seen without looking at the elements.
  private let isEvident: Bool

  /// The pieces that write an output of `elementCount` elements.
  init(_ pieces: [CopyPiece], elementCount: Int) {
    loops = pieces.map { (CopyLoop($0), $0.destinationStart) }
    self.elementCount = elementCount
    isEvident = loops.count == 1 && Self.isInjective(loops[0].loop)
  }

  /// About how many steps `isDisjoint` takes.
  var stepCount: Int64 {
    if isEvident { return 0 }
    return loops.reduce(Int64(elementCount / 64)) { $0 + Self.stepCount($1.loop) }
  }

  /// A step for each run of elements that stand side by side, and for each word of them.
  private static func stepCount(_ loop: CopyLoop) -> Int64 {
    let inner = loop.dimensions[loop.dimensions.count - 1]
    let run = inner.destinationStride == 1 ? inner.size : 1
    return Int64(loop.elementCount / run) * Int64(1 + run / 64)
  }

  /// Looks whether no element is written twice.
  ///
  /// - Throws: `outOfMemory`.
  func isDisjoint() throws(BundleError) -> Bool {
    if isEvident { return true }
    let written = try WrittenElements(count: elementCount)
    for (loop, start) in loops where !written.add(loop.dimensions[...], at: start) { return false }
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
}

/// Which elements have been written.
private final class WrittenElements {
  /// A bit for each element.
  private let words: UnsafeMutablePointer<UInt64>
  private let wordCount: Int

  /// None of `count` elements.
  init(count: Int) throws(BundleError) {
    wordCount = count / 64 + 1
    guard let memory = swl_aligned_alloc(Int64(8 * wordCount)) else {
      throw .outOfMemory(byteCount: 8 * wordCount)
    }
    words = memory.bindMemory(to: UInt64.self, capacity: wordCount)
  }

  deinit {
    swl_aligned_free(words)
  }

  /// Adds a box of elements, and returns whether none of them was there.
  func add(_ dimensions: ArraySlice<CopyLoop.Dimension>, at start: Int) -> Bool {
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
  private func add(_ range: Range<Int>) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= 64 * wordCount)
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
