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
}

/// Builds a graph whose constants are drawn from a seeded generator.
///
/// Weights are drawn in channels-last order whatever the layout is, so that the same seed gives the
/// same network in both layouts.
struct NetworkBuilder {
  var graph = Graph()
  var random: SplitMix64
  let layout: ImageLayout

  init(seed: UInt64, layout: ImageLayout = .channelsFirst) {
    random = SplitMix64(seed: seed)
    self.layout = layout
  }

  func image(of value: ValueID) throws -> ImageShape {
    try layout.requiredTestImage(graph.shape(of: value))
  }

  mutating func input(_ height: Int, _ width: Int, _ channels: Int) -> ValueID {
    graph.addInput(
      "input\(graph.inputs.count)",
      shape: layout.shape(ImageShape(height: height, width: width, channels: channels)))
  }

  mutating func add(
    _ operation: Operation, _ name: String, _ inputs: ValueID...
  ) throws -> ValueID {
    try graph.add(operation, name: name, inputs: inputs)
  }

  mutating func constant(
    _ name: String, _ shape: Shape, scale: Float = 1, offset: Float = 0
  ) -> ValueID {
    graph.addConstant(
      name, shape: shape, .floats(random.floats(shape.count, scale: scale, offset: offset)))
  }

  /// A convolution's weights, for images of the layout.
  mutating func weights(_ name: String, _ conv: Conv2D, scale: Float = 1) -> ValueID {
    var last = conv
    last.layout = .channelsLast
    let drawn = random.tensor(last.weightShape, scale: scale)
    return graph.addConstant(
      name, shape: conv.weightShape,
      .floats(layout == .channelsLast ? drawn.values : drawn.channelsFirst.values))
  }

  mutating func convolution(
    _ name: String, _ input: ValueID, outputs: Int, groups: Int = 1, window: Window,
    hasBias: Bool = true, scale: Float = 1
  ) throws -> ValueID {
    let conv = Conv2D(
      inputChannels: try image(of: input).channels, outputChannels: outputs, groups: groups,
      window: window, layout: layout)
    var inputs = [input, weights(name + ".weight", conv, scale: scale)]
    if hasBias { inputs.append(constant(name + ".bias", Shape(outputs))) }
    return try graph.add(.conv2D(conv), name: name, inputs: inputs)
  }

  mutating func batchNorm(_ name: String, _ input: ValueID, epsilon: Float) throws -> ValueID {
    let channels = Shape(try image(of: input).channels)
    var inputs = [input]
    for part in ["weight", "bias", "running_mean"] {
      inputs.append(constant("\(name).\(part)", channels))
    }
    inputs.append(constant(name + ".running_var", channels, offset: 1.5))
    return try graph.add(
      .batchNorm(BatchNorm(epsilon: epsilon, layout: layout)), name: name, inputs: inputs)
  }

  /// A fully connected layer. If the input's elements are those of an image, `flattened`, columns are
  /// drawn in channels-last order, whatever the layout is.
  mutating func fullyConnected(
    _ name: String, _ input: ValueID, outputs: Int, flattened: ImageShape? = nil,
    hasBias: Bool = true, scale: Float = 1
  ) throws -> ValueID {
    let count = graph.shape(of: input).count
    var weights = random.floats(outputs * count, scale: scale)
    if let flattened, layout == .channelsFirst {
      let shape = Shape(outputs, flattened.height, flattened.width, flattened.channels)
      weights = FloatTensor(shape: shape, values: weights).channelsFirst.values
    }
    var inputs = [
      input, graph.addConstant(name + ".weight", shape: Shape(outputs, count), .floats(weights)),
    ]
    if hasBias { inputs.append(constant(name + ".bias", Shape(outputs))) }
    return try graph.add(
      .fullyConnected(FullyConnected(inputCount: count, outputCount: outputs)), name: name,
      inputs: inputs)
  }

  /// A tensor for each input.
  mutating func tensors() -> [FloatTensor] {
    graph.inputs.map { random.tensor(graph.shape(of: $0.value)) }
  }
}

extension NetworkBuilder {
  /// Appends a small network that has every operation of image classifiers: `network` in
  /// `make_ops.py`.
  mutating func addClassifier(_ input: ValueID) throws -> ValueID {
    let stem = Window(kernel: 3, stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1))
    let pool = Window(kernel: 3, stride: 2, padding: Padding(all: 1))
    let point = Window(kernel: 1)

    var x = try convolution("stem", input, outputs: 12, window: stem)
    x = try batchNorm("norm", x, epsilon: 1e-3)
    let trunk = try add(.activation(.relu6), "trunk", x)
    x = try convolution(
      "depthwise", trunk, outputs: 12, groups: 12,
      window: Window(kernel: 5, padding: Padding(all: 2)))
    x = try add(.activation(.hardSwish), "depthwise.hardSwish", x)
    let squeeze = GlobalAveragePool(keepsDimensions: true, layout: layout)
    var gate = try add(.globalAveragePool(squeeze), "squeeze", x)
    gate = try convolution("fc1", gate, outputs: 5, window: point)
    gate = try add(.activation(.relu), "fc1.relu", gate)
    gate = try convolution("fc2", gate, outputs: 12, window: point)
    gate = try add(.activation(.hardSigmoid), "gate", gate)
    x = try add(.multiply(Multiply()), "excite", x, gate)
    x = try convolution("project", x, outputs: 12, window: point)
    x = try add(.add(Add()), "residual", x, trunk)
    var narrow = try add(.maxPool(MaxPool(window: pool, layout: layout)), "max", x)
    narrow = try add(.activation(.sigmoid), "sigmoid", narrow)
    let mean = AveragePool(window: pool, countsPadding: false, layout: layout)
    var wide = try add(.averagePool(mean), "mean", x)
    wide = try add(.activation(.silu), "silu", wide)
    let channels = layout.channelDimension(rank: 4)
    x = try add(.concat(Concat(axis: channels)), "concat", narrow, wide)
    let image = try image(of: x)
    x = try add(.flatten(Flatten()), "flatten", x)
    x = try fullyConnected("classifier", x, outputs: 10, flattened: image, scale: 0.25)
    return try add(.softmax(Softmax(layout: layout)), "softmax", x)
  }
}
