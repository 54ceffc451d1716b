/// The affine quantization of a tensor or of one of its channels: real = scale · (q − zeroPoint).
public struct QuantizationRecord: Equatable, Sendable {
  /// Finite and above zero.
  public var scale: Float
  /// −128…127.
  public var zeroPoint: Int32

  /// Makes a record.
  public init(scale: Float, zeroPoint: Int32) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  // `borrowing`: bundles have thousands of these, and each would count a reference to the file.
  init(_ view: borrowing ByteView, at offset: Int) {
    scale = Float(bitPattern: view.load(UInt32.self, at: offset))
    zeroPoint = view.load(Int32.self, at: offset + 4)
  }

  /// The eight bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.append(scale)
    encoder.append(zeroPoint)
    return encoder.bytes
  }
}
