/// A table applied to each element. The record is the table: it has no fixed fields.
public struct LookupParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.lookup
  static let length = 0

  /// Makes parameters.
  public init() {}

  init(_ decoder: inout RecordDecoder) throws(BundleError) {}

  func encode(into encoder: inout RecordEncoder) {}
}
