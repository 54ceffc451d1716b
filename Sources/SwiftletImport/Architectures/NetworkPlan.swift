import SwiftletGraph
import SwiftletPlatform

/// An architecture's layers in execution order, before weights and image size are known.
struct NetworkPlan {
  /// A tensor that flows through the plan: 0 is the input, i + 1 is what step i computes.
  struct Value {
    var index: Int
    var channels: Int
  }

  /// What a step does. Windows are square; their padding follows from `PaddingStyle` at assembly.
  enum Operation {
    case convolution(inputs: Int, outputs: Int, kernel: Int, stride: Int, groups: Int)
    case batchNorm(channels: Int, epsilon: Float)
    case linear(inputs: Int, outputs: Int)
    case activation(Activation)
    case add
    case multiply
    case globalAveragePool
    case maxPool(kernel: Int, stride: Int)
  }

  /// One node of the graph to be.
  struct Step {
    var name: String
    var operation: Operation
    var inputs: [Int]
  }

  /// A convolution or linear layer with the batch normalisation that follows it: the unit in which
  /// weights are looked for.
  struct Layer {
    /// The step of the convolution or linear layer, and its name.
    var step: Int
    var name: String
    /// PyTorch's order: `[out, in / groups, height, width]` or `[out, in]`.
    var weightShape: [Int]
    var hasBias: Bool
    /// The batch normalisation's name; its step is the next one.
    var norm: String?

    var outputs: Int { weightShape[0] }
  }

  private(set) var steps: [Step] = []
  private(set) var layers: [Layer] = []

  /// Throws unless there is memory for all weights so many times.
  func requireMemory(copies: Int) throws(NetworkProblem) {
    let weights = Memory.floats(layers.map { WeightLimits.elementCount($0.weightShape) ?? .max })
    let count = Memory.sum([Int](repeating: weights, count: copies))
    if !Memory.isAvailable(count) { throw .outOfMemory(byteCount: count) }
  }

  let input = Value(index: 0, channels: 3)

  /// Appends a convolution, without bias when a batch normalisation is to follow.
  mutating func convolution(
    _ x: Value, _ name: String, outputs: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
    bias: Bool
  ) -> Value {
    layers.append(
      Layer(
        step: steps.count, name: name,
        weightShape: [outputs, x.channels / groups, kernel, kernel], hasBias: bias))
    return append(
      .convolution(
        inputs: x.channels, outputs: outputs, kernel: kernel, stride: stride, groups: groups),
      name, [x], channels: outputs)
  }

  /// Appends a convolution, its batch normalisation and, where one is given, an activation.
  mutating func normalizedConvolution(
    _ x: Value, _ names: (conv: String, norm: String), outputs: Int, kernel: Int = 1,
    stride: Int = 1, groups: Int = 1, epsilon: Float,
    activation: (name: String, function: Activation)? = nil
  ) -> Value {
    let conv = convolution(
      x, names.conv, outputs: outputs, kernel: kernel, stride: stride, groups: groups, bias: false)
    layers[layers.count - 1].norm = names.norm
    let norm = append(
      .batchNorm(channels: outputs, epsilon: epsilon), names.norm, [conv], channels: outputs)
    guard let activation else { return norm }
    return self.activation(norm, activation.name, activation.function)
  }

  /// Appends torchvision's convolution block: `prefix.0`, `prefix.1` and the activation `prefix.2`.
  mutating func block(
    _ x: Value, _ prefix: String, outputs: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
    epsilon: Float, activation: Activation?
  ) -> Value {
    normalizedConvolution(
      x, ("\(prefix).0", "\(prefix).1"), outputs: outputs, kernel: kernel, stride: stride,
      groups: groups, epsilon: epsilon, activation: activation.map { ("\(prefix).2", $0) })
  }

  /// Appends a squeeze-and-excitation: x · gate(fc2(inner(fc1(mean(x))))).
  mutating func squeezeExcitation(
    _ x: Value, _ prefix: String, squeezed: Int, inner: Activation, gate: Activation
  ) -> Value {
    let mean = globalAveragePool(x, "\(prefix).avgpool")
    var y = convolution(mean, "\(prefix).fc1", outputs: squeezed, bias: true)
    y = activation(y, "\(prefix).activation", inner)
    y = convolution(y, "\(prefix).fc2", outputs: x.channels, bias: true)
    y = activation(y, "\(prefix).scale_activation", gate)
    return append(.multiply, prefix, [x, y], channels: x.channels)
  }

  /// Appends an elementwise activation.
  mutating func activation(_ x: Value, _ name: String, _ function: Activation) -> Value {
    append(.activation(function), name, [x], channels: x.channels)
  }

  /// Appends a residual addition.
  mutating func add(_ a: Value, _ b: Value, _ name: String) -> Value {
    append(.add, name, [a, b], channels: a.channels)
  }

  /// Appends the mean over all pixels.
  mutating func globalAveragePool(_ x: Value, _ name: String) -> Value {
    append(.globalAveragePool, name, [x], channels: x.channels)
  }

  /// Appends a max-pool.
  mutating func maxPool(_ x: Value, _ name: String, kernel: Int, stride: Int) -> Value {
    append(.maxPool(kernel: kernel, stride: stride), name, [x], channels: x.channels)
  }

  /// Appends a linear layer with bias.
  mutating func linear(_ x: Value, _ name: String, outputs: Int) -> Value {
    layers.append(
      Layer(step: steps.count, name: name, weightShape: [outputs, x.channels], hasBias: true))
    return append(
      .linear(inputs: x.channels, outputs: outputs), name, [x], channels: outputs)
  }

  private mutating func append(
    _ operation: Operation, _ name: String, _ inputs: [Value], channels: Int
  ) -> Value {
    steps.append(Step(name: name, operation: operation, inputs: inputs.map(\.index)))
    return Value(index: steps.count, channels: channels)
  }
}
