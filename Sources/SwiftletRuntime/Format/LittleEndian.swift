/// Little-endian stores into a record under construction.
struct RecordEncoder {
  private(set) var bytes: [UInt8]

  init(length: Int) {
    bytes = [UInt8](repeating: 0, count: length)
  }

  mutating func store<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    let littleEndian = value.littleEndian
    withUnsafeBytes(of: littleEndian) { source in
      for index in 0..<source.count { bytes[offset + index] = source[index] }
    }
  }

  mutating func store(bytes source: [UInt8], at offset: Int) {
    for index in 0..<source.count { bytes[offset + index] = source[index] }
  }
}

/// A bounds-checked, read-only view of bytes that somebody else keeps alive.
public struct ByteView {
  let base: UnsafeRawPointer
  public let count: Int

  init(base: UnsafeRawPointer, count: Int) {
    self.base = base
    self.count = count
  }

  /// The byte at `index`.
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return base.load(fromByteOffset: index, as: UInt8.self)
  }

  /// `length` bytes from `offset` on.
  public func slice(_ offset: Int, _ length: Int) -> ByteView {
    precondition(offset >= 0 && length >= 0 && offset <= count && length <= count - offset)
    return ByteView(base: base + offset, count: length)
  }

  /// The little-endian integer at `offset`.
  public func load<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Value>.size)
    return Value(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }
}
