/// A float activation tensor, batch 1, values in NHWC order.
public struct FloatTensor: Equatable, Sendable {
  /// The tensor's size.
  public let shape: Shape
  /// `shape.count` values; element (y, x, c) is at `(y · width + x) · channels + c`.
  public var values: [Float]

  /// Wraps values that are already in NHWC order.
  public init(shape: Shape, values: [Float]) {
    precondition(values.count == shape.count, "a tensor of \(shape) has \(shape.count) values")
    self.shape = shape
    self.values = values
  }

  /// A tensor filled with one value.
  public init(shape: Shape, repeating value: Float) {
    self.init(shape: shape, values: [Float](repeating: value, count: shape.count))
  }
}
