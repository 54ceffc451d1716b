/// Asks for memory before it is needed, because Swift's arrays cannot: a program whose array finds
/// none is ended.
///
/// Whatever has a size that a file or the command line chooses is asked for first, so that too little
/// memory is a sentence. What stays small whatever the input is not, nor is any of it kept for the
/// caller: another thread may take it in between. And a system that promises more memory than it has
/// may still end the process when the memory is used; no program can ask about that.
public enum Memory {
  /// What must be left beside what is asked for: for all that is small and is not asked for.
  private static let reserve = 4 << 20

  /// Whether the process may have `count` more bytes, all at once, and a few MB beside them.
  public static func isAvailable(_ count: Int) -> Bool {
    // What is already the process's own; smaller arrays may well be found there.
    if count < 1 << 16 { return true }
    let length = sum([count, reserve])
    guard
      let start = mmap(
        nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return false }
    munmap(start, length)
    return true
  }

  /// How many threads there can be, `threads` or only one, beside `count` bytes that are wanted.
  ///
  /// Where memory is limited by addresses (`ulimit -v`), each thread takes up its stack and what the
  /// C library sets aside for its allocations, used or not. They would leave too little for the rest.
  public static func threads(_ threads: Int, beside count: Int) -> Int {
    let length = sum([count] + [Int](repeating: addressesPerThread, count: max(0, threads - 1)))
    guard
      let start = mmap(
        nil, max(1, length), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      start != MAP_FAILED
    else { return 1 }
    munmap(start, max(1, length))
    return max(1, threads)
  }

  /// The usual stack, and two of glibc's heaps, one of which it gives back.
  private static let addressesPerThread = (8 + 128) << 20

  /// The sum of counts of bytes; the greatest number where it is more.
  public static func sum(_ counts: [Int]) -> Int {
    counts.reduce(0) { total, count in
      let (sum, overflow) = total.addingReportingOverflow(count)
      return overflow ? .max : sum
    }
  }

  /// The bytes of that many floats together; the greatest number where they are more.
  public static func floats(_ counts: [Int]) -> Int {
    let (bytes, overflow) = sum(counts).multipliedReportingOverflow(
      by: MemoryLayout<Float>.stride)
    return overflow ? .max : bytes
  }
}
