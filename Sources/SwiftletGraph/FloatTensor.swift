/// The float elements of a value.
public struct FloatTensor: Equatable, Sendable {
  /// The tensor's size.
  public let shape: Shape
  /// `shape.count` elements, those of the last dimension side by side.
  public var values: [Float]

  /// Wraps values that are already in the order of the shape.
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
