import SwiftletGraph
import SwiftletTestSupport

/// Weights, output channels outermost, (ky, kx, c) inside, and biases.
struct LinearConstants {
  var weights: [Float]
  var bias: [Float]
}

/// What a batch normalisation knows of each channel.
struct NormConstants {
  var gamma: [Float]
  var beta: [Float]
  var mean: [Float]
  var variance: [Float]
}

/// Puts small float networks with seeded random weights together, a layer a call; channels last.
struct NetworkBuilder {
  private(set) var graph = Graph()
  private var random: SplitMix64
  private var layerCount = 0

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  mutating func input(_ height: Int, _ width: Int, _ channels: Int) -> ValueID {
    graph.addInput("input", shape: Shape(1, height, width, channels))
  }

  mutating func output(_ value: ValueID, _ name: String = "output") {
    graph.addOutput(name, value: value)
  }

  /// Any operation, named after its place: `conv1`, `pool2` …
  mutating func add(
    _ operation: Operation, _ kind: String, _ inputs: ValueID...
  ) throws -> ValueID {
    layerCount += 1
    return try graph.add(operation, name: "\(kind)\(layerCount)", inputs: inputs)
  }

  /// An operation with several results.
  mutating func addNode(
    _ operation: Operation, _ kind: String, _ inputs: ValueID...
  ) throws -> [ValueID] {
    layerCount += 1
    return try graph.addNode(operation, name: "\(kind)\(layerCount)", inputs: inputs)
  }

  mutating func activation(_ activation: Activation, _ x: ValueID) throws -> ValueID {
    try add(.activation(activation), activation.rawValue, x)
  }

  mutating func sum(_ a: ValueID, _ b: ValueID) throws -> ValueID {
    try add(.add(Add()), "sum", a, b)
  }

  mutating func product(_ a: ValueID, _ b: ValueID) throws -> ValueID {
    try add(.multiply(Multiply()), "product", a, b)
  }

  mutating func flatten(_ x: ValueID) throws -> ValueID {
    try add(.flatten(Flatten()), "flatten", x)
  }

  mutating func mean(_ x: ValueID) throws -> ValueID {
    let pool = GlobalAveragePool(keepsDimensions: true, layout: .channelsLast)
    return try add(.globalAveragePool(pool), "mean", x)
  }

  mutating func maxPool(_ x: ValueID, _ window: Window) throws -> ValueID {
    try add(.maxPool(MaxPool(window: window, layout: .channelsLast)), "pool", x)
  }

  /// A convolution that keeps the variance about as it is; `edit` may spoil its numbers.
  mutating func conv(
    _ x: ValueID, _ outputs: Int, _ window: Window = Window(kernel: 1), groups: Int = 1,
    edit: (inout LinearConstants) -> Void = { _ in }
  ) throws -> ValueID {
    let inputs = graph.shape(of: x).image.channels
    let depth = window.kernelHeight * window.kernelWidth * inputs / groups
    let conv = Conv2D(
      inputChannels: inputs, outputChannels: outputs, groups: groups, window: window,
      layout: .channelsLast)
    var constants = LinearConstants(
      weights: values(outputs * depth, gain: (3 / Float(depth)).squareRoot()),
      bias: values(outputs, gain: 0.3))
    edit(&constants)
    return try add(.conv2D(conv), "conv", x, conv.weightShape, constants)
  }

  mutating func depthwise(
    _ x: ValueID, _ window: Window, edit: (inout LinearConstants) -> Void = { _ in }
  ) throws -> ValueID {
    let channels = graph.shape(of: x).image.channels
    return try conv(x, channels, window, groups: channels, edit: edit)
  }

  mutating func linear(_ x: ValueID, _ outputs: Int) throws -> ValueID {
    let count = graph.shape(of: x).count
    let constants = LinearConstants(
      weights: values(outputs * count, gain: (3 / Float(count)).squareRoot()),
      bias: values(outputs, gain: 0.3))
    return try add(
      .fullyConnected(FullyConnected(inputCount: count, outputCount: outputs)), "linear", x,
      Shape(outputs, count), constants)
  }

  mutating func norm(
    _ x: ValueID, edit: (inout NormConstants) -> Void = { _ in }
  ) throws -> ValueID {
    let channels = graph.shape(of: x).image.channels
    var norm = NormConstants(
      gamma: values(channels, gain: 0.5).map { 1 + $0 }, beta: values(channels, gain: 0.5),
      mean: values(channels, gain: 0.5), variance: values(channels, gain: 0.5).map { 1 + $0 })
    edit(&norm)
    layerCount += 1
    let name = "norm\(layerCount)"
    let constants = [norm.gamma, norm.beta, norm.mean, norm.variance].map {
      graph.addConstant(name, shape: Shape(channels), .floats($0))
    }
    return try graph.add(
      .batchNorm(BatchNorm(epsilon: 1e-3, layout: .channelsLast)), name: name,
      inputs: [x] + constants)
  }

  /// Changes the node that was added last.
  mutating func editLast(_ edit: (inout Node) -> Void) {
    edit(&graph.nodes[graph.nodes.count - 1])
  }

  /// Squeeze-and-excite: mean, two layers, gate, product.
  mutating func squeezeExcite(_ x: ValueID, gate: Activation) throws -> ValueID {
    let channels = graph.shape(of: x).image.channels
    var y = try mean(x)
    y = try activation(.relu, try conv(y, channels / 2))
    y = try activation(gate, try conv(y, channels))
    return try product(x, y)
  }

  private mutating func add(
    _ operation: Operation, _ kind: String, _ x: ValueID, _ weights: Shape,
    _ constants: LinearConstants
  ) throws -> ValueID {
    layerCount += 1
    let name = "\(kind)\(layerCount)"
    let weight = graph.addConstant(
      name + ".weight", shape: weights, .floats(constants.weights))
    let bias = graph.addConstant(
      name + ".bias", shape: Shape(constants.bias.count), .floats(constants.bias))
    return try graph.add(operation, name: name, inputs: [x, weight, bias])
  }

  private mutating func values(_ count: Int, gain: Float) -> [Float] {
    (0..<count).map { _ in random.nextSignedUnit() * gain }
  }
}

extension Window {
  /// A square window whose padding keeps the size at stride 1.
  static func same(_ kernel: Int, stride: Int = 1, dilation: Int = 1) -> Window {
    Window(
      kernel: kernel, stride: stride, dilation: dilation,
      padding: Padding(all: (kernel - 1) / 2 * dilation))
  }

  /// TensorFlow's SAME for even sizes at stride 2: the odd row and column at the bottom and right.
  static func bottomRight(_ kernel: Int) -> Window {
    let all = kernel - 2
    return Window(
      kernel: kernel, stride: 2,
      padding: Padding(top: all / 2, left: all / 2, bottom: all - all / 2, right: all - all / 2))
  }
}
