/// A bounds-checked, read-only view of a part of a file. It keeps the file alive.
public struct ByteView: Sendable {
  let file: MappedFile
  let start: Int
  /// How many bytes are in view.
  public let count: Int

  /// The whole file.
  init(_ file: MappedFile) {
    self.file = file
    start = 0
    count = file.count
  }

  private init(file: MappedFile, start: Int, count: Int) {
    self.file = file
    self.start = start
    self.count = count
  }

  /// The address of the first byte: valid while this view or another of the same file lives.
  var base: UnsafeRawPointer { file.base + start }

  /// The byte at `index`.
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return base.load(fromByteOffset: index, as: UInt8.self)
  }

  /// `length` bytes from `offset` on.
  public func slice(_ offset: Int, _ length: Int) -> ByteView {
    precondition(offset >= 0 && length >= 0 && offset <= count && length <= count - offset)
    return ByteView(file: file, start: start + offset, count: length)
  }

  /// The little-endian integer at `offset`.
  public func load<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Value>.size)
    return Value(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// The address of `length` bytes from `offset` on, checked once for many loads; as `base`.
  func address(of length: Int, at offset: Int) -> UnsafeRawPointer {
    precondition(offset >= 0 && length >= 0 && offset <= count && length <= count - offset)
    return base + offset
  }

  /// Calls `body` with the bytes; the pointer must not outlive the call.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: base, count: count))
  }
}

extension ByteView {
  /// Whether both views hold the same bytes.
  func hasSameBytes(as other: ByteView) -> Bool {
    count == other.count && !precedes(other) && !other.precedes(self)
  }

  /// Whether these bytes come before those of `other` in lexicographic order.
  func precedes(_ other: ByteView) -> Bool {
    for index in 0..<min(count, other.count) where self[index] != other[index] {
      return self[index] < other[index]
    }
    return count < other.count
  }

  /// Whether every byte is zero.
  var isZero: Bool {
    for index in 0..<count where self[index] != 0 { return false }
    return true
  }

  /// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7).
  var isUTF8: Bool {
    var index = 0
    while index < count {
      let lead = self[index]
      index += 1
      // How many bytes follow, and what the first of them may be.
      let follow: Int
      var range: ClosedRange<UInt8> = 0x80...0xBF
      switch lead {
      case 0x00...0x7F: continue
      case 0xC2...0xDF: follow = 1
      case 0xE0: (follow, range) = (2, 0xA0...0xBF)
      case 0xED: (follow, range) = (2, 0x80...0x9F)
      case 0xE1...0xEF: follow = 2
      case 0xF0: (follow, range) = (3, 0x90...0xBF)
      case 0xF1...0xF3: follow = 3
      case 0xF4: (follow, range) = (3, 0x80...0x8F)
      default: return false
      }
      if follow > count - index { return false }
      for _ in 0..<follow {
        if !range.contains(self[index]) { return false }
        range = 0x80...0xBF
        index += 1
      }
    }
    return true
  }
}
