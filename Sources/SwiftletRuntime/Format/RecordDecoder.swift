/// Reads the fields of a record one after another, and refuses what is out of a field's range.
///
/// Fields become `Int` by `Int(clamping:)`: where that has 32 bits, the largest `Int` stands for what
/// does not fit, and is above every limit.
struct RecordDecoder {
  let check: RecordCheck
  private let view: ByteView
  private var position = 0

  /// Starts at the first byte of `view`.
  init(_ view: ByteView, _ check: RecordCheck) {
    self.view = view
    self.check = check
  }

  /// 32 bits without sign.
  mutating func uint32() -> UInt32 {
    position += 4
    return view.load(UInt32.self, at: position - 4)
  }

  /// 64 bits without sign.
  mutating func uint64() -> UInt64 {
    position += 8
    return view.load(UInt64.self, at: position - 8)
  }

  /// 32 bits without sign, within `range`, which `expected` describes.
  mutating func count(
    _ field: StaticString, _ range: ClosedRange<Int>, _ expected: StaticString
  ) throws(BundleError) -> Int {
    let value = Int(clamping: uint32())
    try check.require(range.contains(value), field, value, expected)
    return value
  }

  /// 32 bits with sign, within `range`, which `expected` describes.
  mutating func int(
    _ field: StaticString, _ range: ClosedRange<Int>, _ expected: StaticString
  ) throws(BundleError) -> Int {
    let value = Int(Int32(bitPattern: uint32()))
    try check.require(range.contains(value), field, value, expected)
    return value
  }

  /// 0 or 1.
  mutating func flag(_ field: StaticString, _ expected: StaticString) throws(BundleError) -> Bool {
    try count(field, 0...1, expected) == 1
  }

  /// A finite number for which `isRight` holds, as `expected` describes.
  mutating func float(
    _ field: StaticString, _ expected: StaticString, _ isRight: (Float) -> Bool = { _ in true }
  ) throws(BundleError) -> Float {
    let value = Float(bitPattern: uint32())
    try check.require(
      value.isFinite && isRight(value), field, Int(clamping: value.bitPattern), expected)
    return value
  }

  /// Throws unless the next `count` bytes are zero.
  mutating func skipZeros(_ count: Int) throws(BundleError) {
    try check.require(view.slice(position, count).isZero, "reserved bytes", 1, "zeros")
    position += count
  }

  /// Throws unless all bytes up to `end` are zero.
  mutating func skipZeros(upTo end: Int) throws(BundleError) {
    try skipZeros(end - position)
  }
}
