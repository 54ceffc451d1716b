internal import CSwiftletKernels

/// Verified mean entries, for one or several counts of values.
struct MeanEntries: Sendable {
  private let bytes: ByteView

  /// Reads the entries behind the fixed fields of `type`, for the counts `counts`, which follow each
  /// other.
  init<Parameters: OperationParameters>(
    _ reader: OperationReader, of type: Parameters.Type, counts: ClosedRange<Int>
  ) throws(BundleError) {
    bytes = try reader.arrays(of: type, length: counts.count * BundleLayout.meanEntryLength)
    for (index, count) in zip(0..<counts.count, counts) {
      _ = try MeanEntry(bytes, index: index, count: count, reader.check)
    }
  }

  /// The address of the first entry.
  var pointer: UnsafePointer<SwlMeanEntry> {
    bytes.base.assumingMemoryBound(to: SwlMeanEntry.self)
  }
}
