/// The checksum of zip and PNG: CRC-32 with the polynomial 0xEDB88320 (ISO 3309).
public struct CRC32: Sendable {
  private var state: UInt32 = 0xFFFF_FFFF

  /// The checksum of no bytes so far.
  public init() {}

  /// Takes in more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { state = Self.table[Int((state ^ UInt32(byte)) & 255)] ^ (state >> 8) }
  }

  /// The checksum of all bytes so far.
  public var value: UInt32 { ~state }

  /// The checksum of bytes.
  public static func of(_ bytes: [UInt8]) -> UInt32 {
    var crc = CRC32()
    bytes.withUnsafeBytes { crc.update($0) }
    return crc.value
  }

  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    return value
  }
}
