/// One float tensor of a weight file, with the name the file gives it.
public struct WeightTensor: Sendable, Equatable {
  /// The tensor's name in the file, less a prefix that all tensors share (see ``WeightFile``).
  public let name: String
  /// The lengths of the dimensions, outermost first; empty for a scalar.
  public let shape: [Int]
  /// The values in row-major order, whatever the strides in the file were.
  public let values: [Float]

  /// A tensor of given values; there must be as many as the shape says.
  public init(name: String, shape: [Int], values: [Float]) {
    precondition(
      shape.reduce(1, *) == values.count, "\(name): shape \(shape), \(values.count) values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}
