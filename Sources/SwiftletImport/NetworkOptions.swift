import SwiftletGraph

/// How a convolution's border is padded.
public enum PaddingStyle: String, CaseIterable, Sendable {
  /// (kernel − 1) / 2 zeros on every side, as PyTorch's networks have it.
  case symmetric
  /// TensorFlow's SAME: max((⌈in / stride⌉ − 1) · stride + kernel − in, 0) zeros in all, the odd
  /// one at the bottom and right.
  case same
}

/// What is known about a network beyond its weights. What is nil is found out from the file.
public struct NetworkOptions: Sendable {
  /// The architecture; nil: recognised from the tensors' names and shapes.
  public var architecture: Architecture?
  /// The width multiplier, 0.05 to 4; nil: recognised from the shapes (1.0 for random weights).
  public var width: Double?
  /// The input's height and width in pixels, 1 to 4096.
  public var input: Int
  /// The padding; nil: what the file's metadata says, else symmetric.
  public var padding: PaddingStyle?
  /// ReLU or ReLU6, for the MobileNetV1 family only; nil: the architecture's own.
  public var activation: Activation?
  /// The number of classes for random weights, 1 to 100,000; nil: 1000. A file's classifier tells it.
  public var classes: Int?

  /// Options that leave everything but the input's size to be found out.
  public init(
    architecture: Architecture? = nil, width: Double? = nil, input: Int = 224,
    padding: PaddingStyle? = nil, activation: Activation? = nil, classes: Int? = nil
  ) {
    self.architecture = architecture
    self.width = width
    self.input = input
    self.padding = padding
    self.activation = activation
    self.classes = classes
  }

  /// Refuses numbers outside the ranges given above.
  func check() throws(NetworkProblem) {
    if let width, !(width >= 0.05 && width <= 4) {
      throw .option("width", found: "\(width)", expected: "a multiplier from 0.05 to 4")
    }
    if input < 1 || input > 4096 {
      throw .option("input", found: "\(input)", expected: "a side from 1 to 4096 pixels")
    }
    if let classes, classes < 1 || classes > 100_000 {
      throw .option("classes", found: "\(classes)", expected: "a count from 1 to 100000")
    }
    if let activation, activation != .relu && activation != .relu6 {
      throw .option("activation", found: activation.rawValue, expected: "relu or relu6")
    }
  }
}
