/// The bytes that libFuzzer hands over, taken from the front as choices. Past the end all are 0, so
/// that a short input is a plain case, and a byte changed changes one choice.
struct Input {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = Array(bytes)[...]
  }

  /// Whether all bytes were taken.
  var isEmpty: Bool { bytes.isEmpty }

  /// The next byte.
  mutating func byte() -> Int { Int(bytes.popFirst() ?? 0) }

  /// The next two bytes, the low one first.
  mutating func word() -> Int { byte() | byte() << 8 }

  /// A number of 0..<limit.
  mutating func below(_ limit: Int) -> Int { limit > 256 ? word() % limit : byte() % limit }

  /// True for `count` of 256 values of the next byte, the highest.
  mutating func isRare(_ count: Int = 8) -> Bool { byte() >= 256 - count }

  /// One of some values.
  mutating func choice<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// The next `count` bytes, or those that are left.
  mutating func take(_ count: Int) -> [UInt8] {
    let taken = Array(bytes.prefix(count))
    bytes = bytes.dropFirst(count)
    return taken
  }

  /// All bytes that are left.
  mutating func rest() -> [UInt8] { take(bytes.count) }
}

/// An integer's bytes, the lowest first.
func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// An integer's bytes, the highest first.
func big<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// FNV-1a of some bytes: decides what is tried with an input, so that a repetition tries the same.
func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return hash
}
