/// What running and loading a bundle's operations costs, added up against the limits.
///
/// A small file can ask for much: a record may be referred to by any number of operations, and a
/// window, a tensor or a copy is as large as a few numbers say.
struct WorkLimits {
  private var macCount: Int64 = 0
  private var movedCount: Int64 = 0
  private var weightLength: Int64 = 0
  private var constantCount: Int64 = 0
  private var tapCount: Int64 = 0

  /// Adds an operation with its output.
  ///
  /// - Throws: `BundleError.limit` for the first limit that is passed.
  mutating func add(_ operation: Operation, output: Tensor) throws(BundleError) {
    if let weights = operation.weights {
      // The kernels multiply whole blocks, padding and all: each byte of the weights once a pixel.
      let limit = BundleLayout.maximumMacCount
      let product = CheckedArithmetic.product(
        weights.bytes.count, output.height, output.width, limit: limit)
      guard let product else {
        throw .limit("multiply-accumulates, padding included", found: .max, maximum: limit)
      }
      try Self.add(product, to: &macCount, limit, "multiply-accumulates, padding included")
      try Self.add(
        Int64(weights.bytes.count), to: &weightLength, Int64(BundleLayout.maximumFileLength),
        "bytes of weights, as often as they are used")
      try Self.add(
        Int64(weights.blocks.layout.blockCount * BundleLayout.channelsPerBlock),
        to: &constantCount, BundleLayout.maximumConstantCount, Self.constants)
    }
    try Self.add(
      operation.movedCount, to: &movedCount, BundleLayout.maximumMovedCount, "elements to move")
    try Self.add(
      operation.checkedCount, to: &constantCount, BundleLayout.maximumConstantCount,
      Self.constants)
    try Self.add(
      operation.tapCount, to: &tapCount, BundleLayout.maximumTapCount,
      "rows and columns of resized images")
  }

  private static let constants: StaticString = "constants and places to check"

  private static func add(
    _ count: Int64, to sum: inout Int64, _ limit: Int64, _ what: StaticString
  ) throws(BundleError) {
    // Neither is near 2⁶³: the sum is within the limit, and one operation's counts are products of
    // few verified sizes.
    sum += count
    if sum > limit { throw .limit(what, found: sum, maximum: limit) }
  }
}
