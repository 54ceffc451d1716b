import SwiftletGraph
import SwiftletTestSupport

/// Puts small float networks with seeded random weights together, a layer a call.
struct NetworkBuilder {
  private(set) var graph = Graph()
  private var random: SplitMix64
  private var layerCount = 0

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  mutating func input(_ height: Int, _ width: Int, _ channels: Int) -> ValueID {
    graph.addInput("input", shape: Shape(height: height, width: width, channels: channels))
  }

  mutating func output(_ value: ValueID, _ name: String = "output") {
    graph.addOutput(name, value: value)
  }

  /// Any operation, named after its place: `conv1`, `pool2` …
  mutating func add(
    _ operation: FloatOperation, _ kind: String, _ inputs: ValueID...
  ) throws -> ValueID {
    layerCount += 1
    return try graph.add(operation, name: "\(kind)\(layerCount)", inputs: inputs)
  }

  mutating func activation(_ activation: Activation, _ x: ValueID) throws -> ValueID {
    try add(.activation(activation), activation.rawValue, x)
  }

  /// A convolution that keeps the variance about as it is; `edit` may spoil its numbers.
  mutating func conv(
    _ x: ValueID, _ outputs: Int, _ window: Window = Window(kernel: 1), groups: Int = 1,
    edit: (inout Conv2D) -> Void = { _ in }
  ) throws -> ValueID {
    let inputs = graph.shape(of: x).channels
    let depth = window.kernelHeight * window.kernelWidth * inputs / groups
    var conv = Conv2D(
      inputChannels: inputs, outputChannels: outputs, groups: groups, window: window,
      weights: values(outputs * depth, gain: (3 / Float(depth)).squareRoot()),
      bias: values(outputs, gain: 0.3))
    edit(&conv)
    return try add(.conv2D(conv), "conv", x)
  }

  mutating func depthwise(
    _ x: ValueID, _ window: Window, edit: (inout Conv2D) -> Void = { _ in }
  ) throws -> ValueID {
    let channels = graph.shape(of: x).channels
    return try conv(x, channels, window, groups: channels, edit: edit)
  }

  mutating func linear(_ x: ValueID, _ outputs: Int) throws -> ValueID {
    let count = graph.shape(of: x).count
    let layer = FullyConnected(
      inputCount: count, outputCount: outputs,
      weights: values(outputs * count, gain: (3 / Float(count)).squareRoot()),
      bias: values(outputs, gain: 0.3))
    return try add(.fullyConnected(layer), "linear", x)
  }

  mutating func norm(
    _ x: ValueID, edit: (inout BatchNorm) -> Void = { _ in }
  ) throws -> ValueID {
    let channels = graph.shape(of: x).channels
    var norm = BatchNorm(
      gamma: values(channels, gain: 0.5).map { 1 + $0 }, beta: values(channels, gain: 0.5),
      mean: values(channels, gain: 0.5), variance: values(channels, gain: 0.5).map { 1 + $0 },
      epsilon: 1e-3)
    edit(&norm)
    return try add(.batchNorm(norm), "norm", x)
  }

  /// Squeeze-and-excite: mean, two layers, gate, product.
  mutating func squeezeExcite(_ x: ValueID, gate: Activation) throws -> ValueID {
    let channels = graph.shape(of: x).channels
    var y = try add(.globalAveragePool, "mean", x)
    y = try activation(.relu, try conv(y, channels / 2))
    y = try activation(gate, try conv(y, channels))
    return try add(.multiply, "scale", x, y)
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
