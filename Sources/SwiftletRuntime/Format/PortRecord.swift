/// A named input or output of the network. 16 bytes.
public struct PortRecord: Equatable, Sendable {
  /// 0 for an input, 1 for an output.
  public var isOutput: UInt32
  /// The index of a tensor; no two inputs share one.
  public var tensor: UInt32
  /// Unique among the inputs, or among the outputs.
  public var name: StringRange

  /// Makes a record.
  public init(isOutput: Bool, tensor: UInt32, name: StringRange) {
    self.isOutput = isOutput ? 1 : 0
    self.tensor = tensor
    self.name = name
  }

  init(_ view: ByteView, at offset: Int) {
    isOutput = view.load(UInt32.self, at: offset)
    tensor = view.load(UInt32.self, at: offset + 4)
    name = StringRange(view, at: offset + 8)
  }

  /// The 16 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.append(isOutput)
    encoder.append(tensor)
    encoder.append(name)
    return encoder.bytes
  }
}
