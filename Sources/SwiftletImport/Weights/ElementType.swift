/// The number types that tensors of weight files have.
///
/// The float types are converted to `Float`; tensors of the others are listed, not read.
enum ElementType: String, CaseIterable, Sendable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8, uint64, uint32, uint16, uint8, bool

  /// The bytes of one element.
  var size: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether tensors of this type can be weights.
  var isFloat: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool: false
    }
  }

  /// Element `index` of little-endian elements; nil for the types that are not read.
  ///
  /// float16 and bfloat16 convert exactly, float64 by rounding to the nearest (ties to even).
  @inline(__always)
  func load(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Float? {
    switch self {
    case .float64:
      let bits = bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
      return Float(Double(bitPattern: UInt64(littleEndian: bits)))
    case .float32:
      let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
      return Float(bitPattern: UInt32(littleEndian: bits))
    case .float16:
      let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
      return Self.widen(half: UInt16(littleEndian: bits))
    case .bfloat16:
      let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
      return Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool:
      return nil
    }
  }

  /// The value of an IEEE 754 binary16 number, by its bits: `Float16` is not on every platform.
  static func widen(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      // Subnormal: fraction · 2⁻²⁴, which a Float holds exactly.
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 0x1F:
      return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default:
      return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
