/// One output holds a vector that describes the image, to be compared with those of others.
///
/// 64 bytes, uint32 each: output, is normalized (0 or 1); the rest is zero.
public struct VectorsTask: Equatable, Sendable {
  /// The index of the output.
  public var output: Int
  /// Whether the vector is to be divided by its Euclidean length.
  public var isNormalized: Bool

  /// Makes a task.
  public init(output: Int, isNormalized: Bool) {
    self.output = output
    self.isNormalized = isNormalized
  }

  init(_ decoder: inout RecordDecoder, _ context: TaskContext) throws(BundleError) {
    output = try decoder.output("output", context)
    isNormalized = try decoder.flag("is normalized", "0 or 1")
    try decoder.skipZeros(upTo: BundleLayout.alignment)
  }

  func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.appendUInt32(output)
    encoder.appendUInt32(isNormalized ? 1 : 0)
    encoder.pad(toMultipleOf: BundleLayout.alignment)
    return encoder.bytes
  }
}
