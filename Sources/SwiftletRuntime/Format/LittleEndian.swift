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
