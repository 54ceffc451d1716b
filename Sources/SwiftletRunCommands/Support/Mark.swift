import SwiftletPlatform

/// A sign to whoever observes the process's system calls that a stretch of work begins or ends.
///
/// It closes a descriptor that never exists: a call that changes nothing, and that an emulator's
/// plugin, `perf trace` or `strace` can tell from others by its argument. Tools/arm/count counts
/// instructions between such marks.
enum Mark: Int32 {
  /// What follows belongs to a stretch of work: "SWL", negated.
  case begin = -0x53574C
  /// A stretch ends here, and the next one begins.
  case end = -0x53574D

  /// Whether the environment has `SWIFTLET_MARKS`, which asks for marks.
  static var areWanted: Bool { getenv("SWIFTLET_MARKS") != nil }

  /// Makes the mark.
  func make() { _ = close(rawValue) }
}
