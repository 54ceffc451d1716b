internal import CSwiftletKernels

/// Verified mean entries: how a sum of `count` values becomes int8, for one or several counts.
///
/// | field | offset in an entry | range |
/// | --- | --- | --- |
/// | bias | 0, int32 | 128·count + absolute bias < 2³⁰ |
/// | m | 4, int16 | 2¹⁴ to 2¹⁵ − 1 |
/// | s | 6, int8 | −7 to 24 |
/// | reserved | 7 | 0 |
struct MeanEntries: Sendable {
  let bytes: ByteView

  /// Reads the entries for the counts `counts`, which follow each other.
  init(_ reader: OperationReader, counts: ClosedRange<Int>) throws(BundleError) {
    bytes = try reader.parameters(counts.count * BundleLayout.meanEntryLength)
    for (index, count) in zip(0..<counts.count, counts) {
      let entry = bytes.slice(index * BundleLayout.meanEntryLength, BundleLayout.meanEntryLength)
      let bias = entry.load(Int32.self, at: 0)
      try reader.check.require(
        128 * Int64(count) + abs(Int64(bias)) < 1 << 30, "mean entry bias", Int(bias),
        "sums below 2³⁰")
      let multiplier = Int(entry.load(Int16.self, at: 4))
      try reader.check.require(
        multiplier >= 1 << 14, "mean entry multiplier", multiplier, "2¹⁴ to 2¹⁵ − 1")
      let shift = Int(entry.load(Int8.self, at: 6))
      try reader.check.require(
        shift >= -7 && shift <= 24, "mean entry shift", shift, "−7 to 24")
      try reader.check.require(entry[7] == 0, "mean entry reserved byte", Int(entry[7]), "0")
    }
  }

  /// The address of the first entry.
  var pointer: UnsafePointer<SwlMeanEntry> {
    bytes.base.assumingMemoryBound(to: SwlMeanEntry.self)
  }
}
