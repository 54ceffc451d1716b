/// A table applied to each element. The record is the table: it has no fixed fields.
public struct LookupParameters: OperationParameters, Equatable {
  public static let kind = OperationKind.lookup
  public static let length = 0

  /// Makes parameters.
  public init() {}

  public init(_ decoder: inout RecordDecoder) throws(BundleError) {}

  public func encode(into encoder: inout RecordEncoder) {}
}
