import SwiftletGraph
import SwiftletTestSupport

/// A small network of random operations: what they read is any image that is there already.
struct RandomNetwork {
  private var builder: NetworkBuilder
  private var images: [ValueID] = []
  private var count = 0

  /// The network of a seed.
  static func graph(seed: UInt64, layout: ImageLayout) throws -> Graph {
    var network = RandomNetwork(builder: NetworkBuilder(seed: seed, layout: layout))
    return try network.build()
  }

  private init(builder: NetworkBuilder) { self.builder = builder }

  private mutating func build() throws -> Graph {
    images.append(builder.input(draw(4...8), draw(4...8), draw(2...6)))
    if draw(0...3) == 0 { images.append(builder.input(draw(4...8), draw(4...8), draw(2...6))) }
    for _ in 0..<draw(4...12) { try addSomething() }
    for _ in 0..<draw(1...2) { try addImageOutput() }
    for _ in 0..<draw(0...2) { try addVectorOutput() }
    return builder.graph
  }

  private mutating func draw(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &builder.random)
  }

  private mutating func flip() -> Bool { draw(0...1) == 0 }

  private var channelDimension: Int { builder.layout.channelDimension(rank: 4) }

  private mutating func name() -> String {
    count += 1
    return "layer\(count)"
  }

  private func shape(_ value: ValueID) -> Shape { builder.graph.shape(of: value) }

  private mutating func add(_ operation: Operation, _ inputs: ValueID...) throws -> ValueID {
    try builder.graph.add(operation, name: name(), inputs: inputs)
  }

  /// An image, mostly one of the last.
  private mutating func anyImage() -> ValueID {
    images[max(0, images.count - 1 - draw(0...3))]
  }

  private mutating func activation() -> Operation {
    .activation(Activation.examples[draw(0...Activation.examples.count - 1)])
  }

  private mutating func convolution(
    _ input: ValueID, outputs: Int? = nil, window: Window = Window(kernel: 1), groups: Int = 1
  ) throws -> ValueID {
    let image = try builder.image(of: input)
    let depth = Float(window.kernelHeight * window.kernelWidth * image.channels / groups)
    let (drawn, hasBias) = (draw(1...9), flip())
    return try builder.convolution(
      name(), input, outputs: outputs ?? drawn, groups: groups, window: window, hasBias: hasBias,
      scale: 1.5 / depth.squareRoot())
  }
}

extension RandomNetwork {
  private mutating func addSomething() throws {
    let input = anyImage()
    let image = try builder.image(of: input)
    let result: ValueID
    switch draw(0...19) {
    case 0, 1: result = try addConvolution(input, image)
    case 2:
      let epsilon: Float = flip() ? 1e-3 : 0
      result = try builder.batchNorm(name(), input, epsilon: epsilon)
    case 3: result = try add(activation(), input)
    case 4: result = try addConstantOperand(input)
    case 5: result = try addGate(input, image)
    case 6:
      let gate = try add(.activation(flip() ? .sigmoid : .hardSigmoid), input)
      result =
        flip()
        ? try add(.multiply(Multiply()), input, gate) : try add(.multiply(Multiply()), gate, input)
    case 7: result = try addPool(input, image)
    case 8: result = try addConcat(input, image)
    case 9: result = try addSlice(input)
    case 10: result = try addSplit(input, image)
    case 11: result = try addPad(input)
    case 12: result = try addShuffle(input, image)
    case 13:
      let order = [0] + [1, 2, 3].shuffled(using: &builder.random)
      result = try add(.transpose(Transpose(order: order)), input)
    case 14:
      let extents = shape(input).dimensions.dropFirst().shuffled(using: &builder.random)
      result = try add(.reshape(Reshape(to: Shape([1] + extents))), input)
    case 15: result = try addResidual(input, image)
    case 17: result = try addBroadcast(input)
    case 18: result = try expanded(input)
    case 16: result = try addSharedConvolutions(input, image)
    default: result = try addFolded(input)
    }
    if shape(result).count <= 2000 { images.append(result) }
  }

  private mutating func addConvolution(_ input: ValueID, _ image: ImageShape) throws -> ValueID {
    let kernel = draw(1...min(3, image.height, image.width))
    let window = Window(
      kernel: kernel, stride: draw(1...2),
      padding: Padding(top: draw(0...1), left: draw(0...1), bottom: draw(0...1), right: 0))
    var result: ValueID
    switch draw(0...2) {
    case 0:
      result = try convolution(
        input, outputs: image.channels, window: window, groups: image.channels)
    case 1 where image.channels % 2 == 0:
      result = try convolution(input, outputs: 4, window: window, groups: 2)
    default: result = try convolution(input, window: window)
    }
    for _ in 0..<draw(0...2) { result = try builder.batchNorm(name(), result, epsilon: 1e-3) }
    return flip() ? try add(activation(), result) : result
  }

  /// A constant of any rank that broadcasts, on either side.
  private mutating func addConstantOperand(_ input: ValueID) throws -> ValueID {
    let extents = shape(input).dimensions.map { flip() ? $0 : 1 }
    let constant = builder.constant(name(), Shape(Array(extents.suffix(draw(0...4)))))
    let operation: Operation = flip() ? .add(Add()) : .multiply(Multiply())
    return flip() ? try add(operation, input, constant) : try add(operation, constant, input)
  }

  /// Some of an image joined to it: one element along some dimensions.
  private mutating func addBroadcast(_ input: ValueID) throws -> ValueID {
    let sizes = [1] + shape(input).dimensions.dropFirst().map { flip() ? $0 : 1 }
    let part = try add(.slice(Slice(starts: [0, 0, 0, 0], sizes: sizes)), input)
    let operation: Operation = flip() ? .add(Add()) : .multiply(Multiply())
    return flip() ? try add(operation, input, part) : try add(operation, part, input)
  }

  /// An image of one row or column, repeated.
  private mutating func expanded(_ input: ValueID) throws -> ValueID {
    var sizes = shape(input).dimensions
    sizes[draw(1...3)] = 1
    let part = try add(.slice(Slice(starts: [0, 0, 0, 0], sizes: sizes)), input)
    return try add(.expand(Expand(to: shape(input).dimensions)), part)
  }

  /// A gate for each channel (Hu et al., 2018).
  private mutating func addGate(_ input: ValueID, _ image: ImageShape) throws -> ValueID {
    var gate = try add(
      .globalAveragePool(GlobalAveragePool(keepsDimensions: true, layout: builder.layout)), input)
    gate = try add(.activation(.relu), convolution(gate))
    gate = try convolution(gate, outputs: image.channels)
    gate = try add(.activation(flip() ? .sigmoid : .hardSigmoid), gate)
    return try add(.multiply(Multiply()), input, gate)
  }

  private mutating func addPool(_ input: ValueID, _ image: ImageShape) throws -> ValueID {
    let kernel = draw(1...min(3, image.height, image.width))
    let padding = Padding(
      top: draw(0...kernel / 2), left: draw(0...kernel / 2), bottom: 0, right: draw(0...kernel / 2))
    let window = Window(kernel: kernel, stride: draw(1...2), padding: padding)
    if flip() { return try add(.maxPool(MaxPool(window: window, layout: builder.layout)), input) }
    let countsPadding = flip()
    return try add(
      .averagePool(
        AveragePool(window: window, countsPadding: countsPadding, layout: builder.layout)), input)
  }

  private mutating func addConcat(_ input: ValueID, _ image: ImageShape) throws -> ValueID {
    let axis = draw(1...3)
    let partners = images.filter { other in
      (1...3).allSatisfy { $0 == axis || shape(other)[$0] == shape(input)[$0] }
    }
    let other = partners[draw(0...partners.count - 1)]
    return try add(.concat(Concat(axis: flip() ? axis : axis - 4)), input, other)
  }

  private mutating func addSlice(_ input: ValueID) throws -> ValueID {
    var slice = Slice(starts: [0], sizes: [1], steps: [1])
    for extent in shape(input).dimensions.dropFirst() {
      let step = draw(1...2)
      let size = draw(max(1, (extent - 1) / step)...((extent - 1) / step + 1))
      let first = draw(0...(extent - 1 - (size - 1) * step))
      let isBackwards = flip()
      slice.starts.append(isBackwards ? first + (size - 1) * step : first)
      slice.sizes.append(size)
      slice.steps.append(isBackwards ? -step : step)
    }
    return try add(.slice(slice), input)
  }

  /// Splits along any dimension; what is made of the parts again, or one of them.
  private mutating func addSplit(_ input: ValueID, _ image: ImageShape) throws -> ValueID {
    let axis = draw(1...3)
    let extent = shape(input)[axis]
    guard extent >= 2 else { return try add(activation(), input) }
    let first = draw(1...(extent - 1))
    let parts = try builder.graph.addNode(
      .split(Split(axis: axis, sizes: [first, extent - first])), name: name(), inputs: [input])
    let curve = try add(activation(), parts[0])
    return flip() ? curve : try add(.concat(Concat(axis: axis)), parts[1], curve)
  }

  private mutating func addPad(_ input: ValueID) throws -> ValueID {
    let before = [0] + (0..<3).map { _ in draw(0...1) }
    let after = [0] + (0..<3).map { _ in draw(0...1) }
    let value: Float = flip() ? 0 : -0.5
    return try add(.pad(Pad(before: before, after: after, value: value)), input)
  }

  private mutating func addShuffle(_ input: ValueID, _ image: ImageShape) throws -> ValueID {
    let groups = (2...6).first { image.channels % $0 == 0 } ?? 1
    let shape = shape(input)
    guard builder.layout == .channelsFirst, flip() else {
      return try add(.channelShuffle(ChannelShuffle(groups: groups, layout: builder.layout)), input)
    }
    let inner = Array(shape.dimensions[2...])
    let split = Shape([1, groups, image.channels / groups] + inner)
    var value = try add(.reshape(Reshape(to: split)), input)
    value = try add(.transpose(Transpose(order: [0, 2, 1, 3, 4])), value)
    return try add(.reshape(Reshape(to: shape)), value)
  }

  private mutating func addResidual(_ input: ValueID, _ image: ImageShape) throws -> ValueID {
    var value = try convolution(input, outputs: image.channels)
    if flip() { value = try builder.batchNorm(name(), value, epsilon: 1e-3) }
    // The residual is the block's input, or computed after the convolution.
    let other = flip() ? input : try convolution(input, outputs: image.channels)
    value = flip() ? try add(.add(Add()), value, other) : try add(.add(Add()), other, value)
    return flip() ? try add(activation(), value) : value
  }

  private mutating func addSharedConvolutions(
    _ input: ValueID, _ image: ImageShape
  ) throws -> ValueID {
    let conv = Conv2D(
      inputChannels: image.channels, outputChannels: image.channels,
      window: Window(kernel: 3, padding: Padding(all: 1)), layout: builder.layout)
    let weights = builder.weights(name(), conv, scale: 0.5 / Float(image.channels).squareRoot())
    var value = try add(.conv2D(conv), input, weights)
    if flip() { value = try builder.batchNorm(name(), value, epsilon: 1e-3) }
    return try add(.conv2D(conv), value, weights)
  }

  /// A constant that others are computed to.
  private mutating func addFolded(_ input: ValueID) throws -> ValueID {
    let constant = builder.constant(name(), shape(input))
    let scale = builder.constant(name(), Shape())
    let scaled = try add(.multiply(Multiply()), constant, scale)
    return try add(.add(Add()), input, add(activation(), scaled))
  }

  /// An image whose shape tells its layout.
  private mutating func addImageOutput() throws {
    var value = anyImage()
    if Set(shape(value).dimensions.dropFirst()).count == 1 {
      value = try convolution(value, outputs: shape(value)[2] + 1)
    }
    if shape(value).count > 1, flip() {
      value = try add(.softmax(Softmax(layout: builder.layout)), value)
    }
    builder.graph.addOutput("output\(builder.graph.outputs.count)", value: value)
  }

  /// Scores of one image or of two.
  private mutating func addVectorOutput() throws {
    let input = anyImage()
    var value: ValueID
    if flip() {
      value = try add(.flatten(Flatten()), input)
    } else {
      let keepsDimensions = flip()
      value = try add(
        .globalAveragePool(
          GlobalAveragePool(keepsDimensions: keepsDimensions, layout: builder.layout)), input)
      if keepsDimensions { value = try add(.flatten(Flatten()), value) }
      if flip() { value = try add(.concat(Concat(axis: 1)), value, value) }
      if flip() { value = try add(activation(), value) }
    }
    let depth = Float(shape(value).count)
    let (outputs, hasBias) = (draw(1...5), flip())
    value = try builder.fullyConnected(
      name(), value, outputs: outputs, hasBias: hasBias, scale: 1.5 / depth.squareRoot())
    if flip() { value = try builder.batchNorm(name(), value, epsilon: 1e-3) }
    switch draw(0...2) {
    case 0: value = try add(.softmax(Softmax(layout: builder.layout)), value)
    case 1: value = try add(activation(), value)
    default: break
    }
    builder.graph.addOutput("output\(builder.graph.outputs.count)", value: value)
  }
}
