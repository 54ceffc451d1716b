import SwiftletGraph

/// How a convolution's border is padded.
public enum PaddingStyle: String, CaseIterable, Sendable {
  /// (kernel − 1) / 2 zeros on every side, as PyTorch's networks have it.
  case symmetric
  /// TensorFlow's SAME: max((⌈in / stride⌉ − 1) · stride + kernel − in, 0) zeros in all, the odd
  /// one at the bottom and right.
  case same
  /// What SAME is of even sizes, whatever the size: at stride 2 one zero less before the image than after
  /// it. Hugging Face's EfficientNets have it.
  case even
}

/// What a network's outputs are.
public enum NetworkTask: String, CaseIterable, Sendable {
  /// Scores of classes that exclude each other.
  case classes
  /// Scores of classes of which each may be there or not; also the one score of a yes or no.
  case multilabel
  /// The pooled vector, which describes the image.
  case features
}

/// What is known about a network beyond its weights. What is nil is found out from the file.
public struct NetworkOptions: Sendable {
  /// The architecture; nil: recognised from the tensors' names and shapes.
  public var architecture: Architecture?
  /// The width multiplier, 0.05 to 4; nil: recognised from the shapes (1.0 for random weights).
  public var width: Double?
  /// The input's size in pixels, 1 to 4096 each; nil: what the file says, or 224.
  public var input: InputSize?
  /// The padding; nil: what the file's metadata or the tensors' names say.
  public var padding: PaddingStyle?
  /// The network's own activation; nil: the architecture's.
  public var activation: Activation?
  /// Of all batch normalisations, from 0 to below 1; nil: what the file's metadata or the tensors' names
  /// say.
  public var epsilon: Float?
  /// The stride of the first convolution, 1 or 2; nil: 2.
  public var firstStride: Int?
  /// The number of classes for random weights, 1 to 100,000; nil: 1000. A file's classifier tells it.
  public var classes: Int?
  /// What the outputs are; nil: classes, or a yes or no where there is one output.
  public var task: NetworkTask?
  /// Which copy of the weights is meant where a file has two; nil: the trained one.
  public var weights: WeightChoice?
  /// Whether the network is going to be held against its owner's outputs, so that what cannot be told
  /// from the file may be taken as usual.
  public var isProven = false

  /// Options that leave everything to be found out.
  public init(
    architecture: Architecture? = nil, width: Double? = nil, input: InputSize? = nil,
    padding: PaddingStyle? = nil, activation: Activation? = nil, epsilon: Float? = nil,
    firstStride: Int? = nil, classes: Int? = nil, task: NetworkTask? = nil
  ) {
    self.architecture = architecture
    self.width = width
    self.input = input
    self.padding = padding
    self.activation = activation
    self.epsilon = epsilon
    self.firstStride = firstStride
    self.classes = classes
    self.task = task
  }

  /// The activations that a whole network can have.
  public static let activations: [Activation] = [.relu, .relu6, .hardSwish, .silu]

  /// Refuses what is for weights alone: a model says what it is.
  func checkModel() throws(NetworkProblem) {
    try check()
    let given: [(name: String, isGiven: Bool)] = [
      ("arch", architecture != nil), ("width", width != nil), ("padding", padding != nil),
      ("bn-eps", epsilon != nil), ("first-stride", firstStride != nil),
      ("activation", activation != nil), ("weights", weights != nil),
    ]
    for (name, isGiven) in given where isGiven {
      throw .optionOfWeights(name)
    }
  }

  /// Refuses numbers outside the ranges given above.
  func check() throws(NetworkProblem) {
    if let width, !(width >= 0.05 && width <= 4) {
      throw .option("width", found: "\(width)", expected: "a multiplier from 0.05 to 4")
    }
    let sides = 1...4096
    if let input, !sides.contains(input.width) || !sides.contains(input.height) {
      throw .option("input", found: "\(input)", expected: "sides from 1 to 4096 pixels")
    }
    if let classes, classes < 1 || classes > 100_000 {
      throw .option("classes", found: "\(classes)", expected: "a count from 1 to 100000")
    }
    if let activation, !Self.activations.contains(activation) {
      throw .option(
        "activation", found: activation.rawValue,
        expected: Self.activations.map(\.rawValue).joined(separator: ", "))
    }
    if let epsilon, !(epsilon >= 0 && epsilon < 1) {
      throw .option("bn-eps", found: "\(epsilon)", expected: "a number from 0 to below 1")
    }
    if let firstStride, firstStride != 1 && firstStride != 2 {
      throw .option("first-stride", found: "\(firstStride)", expected: "1 or 2")
    }
    if let architecture, let width, width != 1, !architecture.hasWidth {
      throw .optionNotApplicable("width", architecture: architecture)
    }
  }
}
