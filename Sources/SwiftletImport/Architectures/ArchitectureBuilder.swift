import SwiftletGraph

/// Builds a network's graph layer by layer: in PyTorch's layout, with parameters that are named as
/// PyTorch names them and not bound yet.
struct ArchitectureBuilder {
  /// An image or a vector within the network.
  struct Value {
    fileprivate let id: ValueID
    let channels: Int
  }

  /// What the architecture leaves open.
  let variant: NetworkVariant
  /// The image: `[1, channels, height, width]`.
  let input: Value
  private(set) var graph = Graph()
  /// The shapes of weights that layers may still use, the classifier's not among them; nil: any.
  private(set) var offered: ShapeCounts?

  /// Begins with the network's input.
  ///
  /// Of the shapes `offered`, each layer but the classifier takes one, that of its weights; a network
  /// that has others is given up at the first layer that finds none.
  init(_ variant: NetworkVariant, offered: ShapeCounts? = nil) {
    self.variant = variant
    self.offered = offered
    let shape = Shape(1, variant.channels, variant.input.height, variant.input.width)
    input = Value(id: graph.addInput("input", shape: shape), channels: variant.channels)
  }

  /// Appends a convolution, without bias when a batch normalisation is to follow.
  mutating func convolution(
    _ x: Value, _ name: String, outputs: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
    bias: Bool
  ) throws(NetworkProblem) -> Value {
    let convolution = Conv2D(
      inputChannels: x.channels, outputChannels: outputs, groups: groups,
      window: window(x, kernel: kernel, stride: stride))
    try take(convolution.weightShape, name)
    return try appendLinear(
      .conv2D(convolution), name, x, weights: convolution.weightShape, bias: bias)
  }

  /// Appends a convolution, its batch normalisation (a bias instead, where the network has them folded)
  /// and, where one is given, an activation.
  mutating func normalizedConvolution(
    _ x: Value, _ names: (conv: String, norm: String), outputs: Int, kernel: Int = 1,
    stride: Int = 1, groups: Int = 1, activation: (name: String, function: Activation)? = nil
  ) throws(NetworkProblem) -> Value {
    var y = try convolution(
      x, names.conv, outputs: outputs, kernel: kernel, stride: stride, groups: groups,
      bias: variant.isFolded)
    if !variant.isFolded { y = try batchNorm(y, names.norm) }
    guard let activation else { return y }
    return try self.activation(y, activation.name, activation.function)
  }

  /// Appends torchvision's convolution block: `prefix.0`, `prefix.1` and the activation `prefix.2`.
  mutating func block(
    _ x: Value, _ prefix: String, outputs: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
    activation: Activation?
  ) throws(NetworkProblem) -> Value {
    try normalizedConvolution(
      x, ("\(prefix).0", "\(prefix).1"), outputs: outputs, kernel: kernel, stride: stride,
      groups: groups, activation: activation.map { ("\(prefix).2", $0) })
  }

  /// Appends a squeeze-and-excitation: x · gate(fc2(inner(fc1(mean(x))))), of which fc1 and fc2 are
  /// called by `names`.
  mutating func squeezeExcitation(
    _ x: Value, _ prefix: String, _ names: (reduce: String, expand: String) = ("fc1", "fc2"),
    squeezed: Int, inner: Activation, gate: Activation
  ) throws(NetworkProblem) -> Value {
    var y = try pooledImage(x, "\(prefix).avgpool")
    y = try convolution(y, "\(prefix).\(names.reduce)", outputs: squeezed, bias: true)
    y = try activation(y, "\(prefix).activation", inner)
    y = try convolution(y, "\(prefix).\(names.expand)", outputs: x.channels, bias: true)
    y = try activation(y, "\(prefix).scale_activation", gate)
    return try append(.multiply(Multiply()), prefix, [x.id, y.id], channels: x.channels)
  }

  /// Appends an elementwise activation.
  mutating func activation(
    _ x: Value, _ name: String, _ function: Activation
  ) throws(NetworkProblem) -> Value {
    try append(.activation(function), name, [x.id], channels: x.channels)
  }

  /// Appends a residual addition.
  mutating func add(_ a: Value, _ b: Value, _ name: String) throws(NetworkProblem) -> Value {
    try append(.add(Add()), name, [a.id, b.id], channels: a.channels)
  }

  /// Appends the mean over all pixels, which makes a vector of the image.
  mutating func globalAveragePool(_ x: Value, _ name: String) throws(NetworkProblem) -> Value {
    try append(
      .globalAveragePool(GlobalAveragePool(keepsDimensions: false)), name, [x.id],
      channels: x.channels)
  }

  /// Appends a max-pool, padded as convolutions are or not at all.
  mutating func maxPool(
    _ x: Value, _ name: String, kernel: Int, stride: Int, pads: Bool = true
  ) throws(NetworkProblem) -> Value {
    let window =
      pads
      ? window(x, kernel: kernel, stride: stride) : Window(kernel: kernel, stride: stride)
    return try append(
      .maxPool(MaxPool(window: window)), name, [x.id], channels: x.channels)
  }

  /// Appends what makes a vector of an image: means over parts of it, `side` by `side` of them, one
  /// channel after the other.
  ///
  /// - Throws: `layer` where the image is not made of that many equal parts.
  mutating func flattened(
    _ x: Value, _ name: String, side: Int
  ) throws(NetworkProblem) -> Value {
    let image = ImageLayout.channelsFirst.image(graph.shape(of: x.id))
    guard let image, image.height % side == 0, image.width % side == 0 else {
      let found = image.map { "\($0.width)×\($0.height)" } ?? "no image"
      throw .layer(
        name, .malformed("\(found) pixels do not make \(side)×\(side) parts; 224×224 of input do"))
    }
    let (height, width) = (image.height / side, image.width / side)
    var y = x
    if height * width > 1 {
      let window = Window(
        kernelHeight: height, kernelWidth: width, strideHeight: height, strideWidth: width)
      y = try append(
        .averagePool(AveragePool(window: window, countsPadding: true)), name, [x.id],
        channels: x.channels)
    }
    return try append(
      .flatten(Flatten()), "flatten", [y.id], channels: x.channels * side * side)
  }

  /// Appends a linear layer with bias.
  private mutating func linear(
    _ x: Value, _ name: String, outputs: Int
  ) throws(NetworkProblem) -> Value {
    try take(Shape(outputs, x.channels), name)
    return try appendFullyConnected(x, name, outputs: outputs)
  }

  /// Appends the last layer, a linear one, whose result is the network's: `logits`. A network
  /// that ends before it has the result `features`.
  mutating func classifier(
    _ x: Value, _ name: String, hasBias: Bool = true
  ) throws(NetworkProblem) {
    switch variant.head {
    case .classifier:
      let logits = try appendFullyConnected(x, name, outputs: variant.classes, hasBias: hasBias)
      graph.addOutput("logits", value: logits.id)
    case .hidden, .pooled:
      graph.addOutput("features", value: x.id)
    }
  }

  /// Appends the layer between the pooled vector and the classifier, for networks that have one and do
  /// not end before it.
  mutating func hiddenLayer(
    _ x: Value, _ name: String, outputs: Int, activation: (name: String, function: Activation)
  ) throws(NetworkProblem) -> Value {
    switch variant.head {
    case .pooled: return x
    case .classifier, .hidden:
      let y = try linear(x, name, outputs: outputs)
      return try self.activation(y, activation.name, activation.function)
    }
  }

  private mutating func batchNorm(_ x: Value, _ name: String) throws(NetworkProblem) -> Value {
    var inputs = [x.id]
    for role in ["weight", "bias", "running_mean", "running_var"] {
      inputs.append(graph.addConstant("\(name).\(role)", shape: Shape(x.channels)))
    }
    return try append(
      .batchNorm(BatchNorm(epsilon: variant.epsilon)), name, inputs, channels: x.channels)
  }

  private mutating func appendFullyConnected(
    _ x: Value, _ name: String, outputs: Int, hasBias: Bool = true
  ) throws(NetworkProblem) -> Value {
    try appendLinear(
      .fullyConnected(FullyConnected(inputCount: x.channels, outputCount: outputs)), name, x,
      weights: Shape(outputs, x.channels), bias: hasBias)
  }

  private mutating func appendLinear(
    _ operation: Operation, _ name: String, _ x: Value, weights: Shape, bias: Bool
  ) throws(NetworkProblem) -> Value {
    let outputs = weights[0]
    var inputs = [x.id, graph.addConstant("\(name).weight", shape: weights)]
    if bias { inputs.append(graph.addConstant("\(name).bias", shape: Shape(outputs))) }
    return try append(operation, name, inputs, channels: outputs)
  }

  /// Appends an operation without weights.
  mutating func append(
    _ operation: Operation, _ name: String, _ inputs: [Value], channels: Int
  ) throws(NetworkProblem) -> Value {
    try append(operation, name, inputs.map(\.id), channels: channels)
  }

  private mutating func append(
    _ operation: Operation, _ name: String, _ inputs: [ValueID], channels: Int
  ) throws(NetworkProblem) -> Value {
    do throws(GraphError) {
      return Value(
        id: try graph.add(operation, name: name, inputs: inputs), channels: channels)
    } catch {
      throw .layer(error.layer, error.problem)
    }
  }

  private mutating func take(_ weights: Shape, _ name: String) throws(NetworkProblem) {
    if offered?.take(weights.dimensions) == false {
      throw .unmatched(layer: name, expected: weights.dimensions, unused: [], network: "")
    }
  }

  /// The shape of a value.
  func shape(of x: Value) -> Shape { graph.shape(of: x.id) }

  /// The window of a convolution or pool, padded as the variant has it.
  func window(_ x: Value, kernel: Int, stride: Int) -> Window {
    guard let image = ImageLayout.channelsFirst.image(graph.shape(of: x.id)) else {
      preconditionFailure("built-in networks compute images and vectors")
    }
    return variant.padding.window(image, kernel: kernel, stride: stride)
  }
}
