/// The parameter record of one kind of operation: fixed fields, padded with zeros to a multiple of 64
/// bytes, and behind them the arrays of that kind, each 64-byte aligned.
///
/// A conforming type owns the fixed fields in both directions. Decoding refuses numbers that are out
/// of their ranges whatever the tensors; what depends on those, the operation checks in `Ops/`.
protocol OperationParameters: Sendable {
  /// The kind of the operations that have these parameters.
  static var kind: OperationKind { get }
  /// Bytes of the fixed fields with their padding: a multiple of 64.
  static var length: Int { get }

  /// Reads the fixed fields.
  init(_ decoder: inout RecordDecoder) throws(BundleError)

  /// Appends the fixed fields, without the padding.
  func encode(into encoder: inout RecordEncoder)
}

extension OperationParameters {
  /// 64: enough for most kinds.
  static var length: Int { BundleLayout.alignment }

  /// The fixed fields as they stand in the file, padding included.
  func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encode(into: &encoder)
    if Self.length > 0 { encoder.pad(toMultipleOf: Self.length) }
    return encoder.bytes
  }
}
