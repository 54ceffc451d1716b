import SwiftletGraph
import SwiftletTestSupport

extension SplitMix64 {
  /// `count` floats in [offset − scale, offset + scale).
  mutating func floats(_ count: Int, scale: Float = 1, offset: Float = 0) -> [Float] {
    (0..<count).map { _ in nextSignedUnit() * scale + offset }
  }

  mutating func tensor(_ shape: Shape, scale: Float = 1) -> FloatTensor {
    FloatTensor(shape: shape, values: floats(shape.count, scale: scale))
  }

  mutating func convolution(
    _ inputs: Int, _ outputs: Int, groups: Int = 1, window: Window
  ) -> Conv2D {
    let count = outputs * window.kernelHeight * window.kernelWidth * (inputs / groups)
    return Conv2D(
      inputChannels: inputs, outputChannels: outputs, groups: groups, window: window,
      weights: floats(count), bias: floats(outputs))
  }

  mutating func batchNorm(_ channels: Int, epsilon: Float) -> BatchNorm {
    BatchNorm(
      gamma: floats(channels), beta: floats(channels), mean: floats(channels),
      variance: floats(channels, offset: 1.5), epsilon: epsilon)
  }

  mutating func fullyConnected(
    _ inputs: Int, _ outputs: Int, scale: Float = 1
  ) -> FullyConnected {
    FullyConnected(
      inputCount: inputs, outputCount: outputs, weights: floats(inputs * outputs, scale: scale),
      bias: floats(outputs))
  }
}

/// Appends a small network that has every operation: `network` in `make_ops.py`.
func addEveryOperation(
  to graph: inout Graph, input: ValueID, random: inout SplitMix64
) throws -> ValueID {
  func add(_ operation: FloatOperation, _ name: String, _ inputs: ValueID...) throws -> ValueID {
    try graph.add(operation, name: name, inputs: inputs)
  }
  let stem = Window(kernel: 3, stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1))
  let pool = Window(kernel: 3, stride: 2, padding: Padding(all: 1))
  let point = Window(kernel: 1)

  var x = try add(.conv2D(random.convolution(3, 12, window: stem)), "stem", input)
  x = try add(.batchNorm(random.batchNorm(12, epsilon: 1e-3)), "norm", x)
  let trunk = try add(.activation(.relu6), "trunk", x)
  let depthwise = random.convolution(
    12, 12, groups: 12, window: Window(kernel: 5, padding: Padding(all: 2)))
  x = try add(.conv2D(depthwise), "depthwise", trunk)
  x = try add(.activation(.hardSwish), "depthwise.hardSwish", x)
  var gate = try add(.globalAveragePool, "squeeze", x)
  gate = try add(.conv2D(random.convolution(12, 5, window: point)), "fc1", gate)
  gate = try add(.activation(.relu), "fc1.relu", gate)
  gate = try add(.conv2D(random.convolution(5, 12, window: point)), "fc2", gate)
  gate = try add(.activation(.hardSigmoid), "gate", gate)
  x = try add(.multiply, "excite", x, gate)
  x = try add(.conv2D(random.convolution(12, 12, window: point)), "project", x)
  x = try add(.add, "residual", x, trunk)
  var narrow = try add(.maxPool(MaxPool(window: pool)), "max", x)
  narrow = try add(.activation(.sigmoid), "sigmoid", narrow)
  let mean = AveragePool(window: pool, countsPadding: false)
  var wide = try add(.averagePool(mean), "mean", x)
  wide = try add(.activation(.silu), "silu", wide)
  x = try add(.concat, "concat", narrow, wide)
  x = try add(.flatten, "flatten", x)
  let count = graph.shape(of: x).count
  x = try add(
    .fullyConnected(random.fullyConnected(count, 10, scale: 0.25)), "classifier", x)
  return try add(.softmax, "softmax", x)
}
