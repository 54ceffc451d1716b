/// Why a bundle cannot be loaded, verified or run. Payloads hold no text made at run time, so the
/// type costs nothing on a board; `description` makes the sentence. Where `Int` has 32 bits, a field
/// of a file that is larger is told as the largest `Int`.
public enum BundleError: Error {
  /// The operating system refused; `errno` is its code.
  case cannotOpen(errno: Int32)
  /// The first bytes are not a bundle's.
  case notABundle
  /// The file is of another version of the format.
  case unsupportedVersion(found: UInt32)
  /// The file is not as long as its header says: cut off, or something was appended.
  case wrongLength(expected: UInt64, found: UInt64)
  /// A field of the header is not what it must be.
  case header(field: StaticString, found: UInt64, expected: StaticString)
  /// Bytes were changed after the bundle was written.
  case digestMismatch(DigestScope)
  /// An entry of the section table is wrong.
  case section(SectionKind, field: StaticString, found: UInt64, expected: StaticString)
  /// A field of record number `record` of a section is wrong.
  case record(
    SectionKind, record: Int, field: StaticString, found: Int, expected: StaticString)
  /// An operation computes another shape than its output tensor has.
  case shape(operation: Int, axis: StaticString, computed: Int, found: Int)
  /// A per-channel constant of an operation is wrong.
  case channel(
    operation: Int, channel: Int, field: StaticString, found: Int, expected: StaticString)
  /// The bundle asks for more than any bundle may.
  case limit(StaticString, found: Int64, maximum: Int64)
  /// The memory plan is wrong: two live tensors overlap, or one lies outside the arena.
  case plan(tensor: Int, other: Int, problem: StaticString)
  /// Memory for this many bytes could not be had.
  case outOfMemory(byteCount: Int)
  /// No kernel set of the requested name exists, or this processor cannot run it.
  case unknownKernelSet
  /// Threads could not be started, or their number is out of range.
  case threads(count: Int)
  /// A packed weight is −128, or a padding byte among the weights is not zero.
  case weight(operation: Int, offset: Int, found: Int, expected: StaticString)
  /// With the bundle's weights and bias a sum can reach `bound`, 2³⁰ or more.
  case accumulator(operation: Int, channel: Int, bound: Int64)

  /// Which digest does not match.
  public enum DigestScope: Sendable {
    /// The header, the section table and all sections but the weights.
    case metadata
    case weights
  }
}
