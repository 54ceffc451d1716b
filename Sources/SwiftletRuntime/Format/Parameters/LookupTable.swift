/// The result of each int8 value, 256 bytes: that of −128 stands first.
public struct LookupTable: Equatable, Sendable {
  /// The results, as they stand in the file.
  public let bytes: [UInt8]

  /// Takes 256 bytes.
  public init(_ bytes: [UInt8]) {
    precondition(bytes.count == BundleLayout.tableLength, "a table has 256 bytes")
    self.bytes = bytes
  }

  /// Asks `result` for that of each value.
  public init(_ result: (Int8) -> Int8) {
    self.init((Int8.min...Int8.max).map { UInt8(bitPattern: result($0)) })
  }
}
