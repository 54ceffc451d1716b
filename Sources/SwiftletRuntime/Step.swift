/// A kernel call with all its addresses.
struct Step {
  /// Computes `units`; parts that run at the same time have different numbers.
  typealias Body = (_ units: Range<Int32>, _ part: Int32) -> Void

  /// Rows, pixels, elements or blocks of 16 channels, whichever the kernel is divided by.
  let units: Int32
  /// In how many parts the units are dealt to threads.
  let parts: Int32
  /// The indices of the operations that it computes: several in a chain.
  let operations: Range<Int>
  let body: Body

  /// Computes part `part` of `parts`.
  func run(part: Int32) {
    let begin = Int32(Int64(units) * Int64(part) / Int64(parts))
    let end = Int32(Int64(units) * Int64(part + 1) / Int64(parts))
    if begin < end { body(begin..<end, part) }
  }
}

extension Range<Int32> {
  /// What `count` is. In a debug build that, like `isEmpty`, has types looked up, which the first
  /// time allocates, and running must not.
  var length: Int32 { upperBound - lowerBound }
}
