/// A two-dimensional convolution (cross-correlation), grouped or not.
///
/// Inputs: the image; weights, `[outputs][inputs / groups][kernelHeight][kernelWidth]` (OIHW) in the
/// layout `channelsFirst`, `[outputs][kernelHeight][kernelWidth][inputs / groups]` (OHWI) in
/// `channelsLast`; and, if there is one, a bias for each output channel.
public struct Conv2D: Sendable {
  /// The input's channels.
  public var inputChannels: Int
  /// The output's channels.
  public var outputChannels: Int
  /// How many independent parts the channels are split into, in order:
  /// `inputChannels` for a depthwise convolution, 1 for an ordinary one.
  public var groups: Int
  /// Kernel, stride, dilation and padding.
  public var window: Window
  /// The order of the image's and the weights' dimensions.
  public var layout: ImageLayout
  /// Of weights that were quantized before: the scale of each output channel's, of which they are
  /// whole multiples. Else nil.
  public var weightScales: [Float]?

  /// A convolution from its numbers, not checked before it enters a graph.
  public init(
    inputChannels: Int, outputChannels: Int, groups: Int = 1, window: Window,
    layout: ImageLayout = .channelsFirst
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.window = window
    self.layout = layout
  }

  /// Whether each output channel sees exactly one input channel of its own.
  public var isDepthwise: Bool { groups == inputChannels && groups == outputChannels && groups > 1 }

  /// The shape of the weights, if groups divide the channels.
  public var weightShape: Shape {
    let inputs = inputChannels / max(groups, 1)
    return switch layout {
    case .channelsFirst: Shape(outputChannels, inputs, window.kernelHeight, window.kernelWidth)
    case .channelsLast: Shape(outputChannels, window.kernelHeight, window.kernelWidth, inputs)
    }
  }
}

extension Conv2D: OperationDefinition {
  package var name: String { isDepthwise ? "depthwiseConv2D" : "conv2D" }
  package var scalingRule: ScalingRule {
    layout == .channelsLast
      ? .weighs(groups: groups, taps: window.kernelHeight * window.kernelWidth) : .ends
  }

  package var details: String {
    (groups == 1 || isDepthwise ? "" : "\(groups) groups, ") + window.description
  }

  /// The shape rule: one image of `inputChannels`; see `Window.outputSize` for height and width.
  ///
  /// - Throws: `malformed` when groups do not divide the channels, or weights or bias have the
  ///   wrong shape; and what `Window.outputSize` throws.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let first = try validatedInputs(inputs, count: 2...3)
    let input = try layout.requiredImage(first)
    guard inputChannels >= 1, outputChannels >= 1, groups >= 1 else {
      throw .malformed(
        "channels and groups must be at least 1, found \(inputChannels) input channels, "
          + "\(outputChannels) output channels and \(groups) groups")
    }
    guard inputChannels % groups == 0, outputChannels % groups == 0 else {
      throw .malformed(
        "\(groups) groups do not divide \(inputChannels) input and \(outputChannels) output channels"
      )
    }
    guard input.channels == inputChannels else {
      throw .channels(expected: inputChannels, found: input.channels)
    }
    let size = try window.outputSize(of: input)
    try requireShape("weights", inputs[1], weightShape.validated())
    if inputs.count > 2 { try requireShape("bias", inputs[2], Shape(outputChannels)) }
    let output = ImageShape(height: size.height, width: size.width, channels: outputChannels)
    return [try layout.shape(output).validated()]
  }

  package var linear: LinearWeights? {
    LinearWeights(
      outputChannels: outputChannels, weightsPerChannel: weightShape.count / max(outputChannels, 1),
      isDepthwise: isDepthwise, fixedScales: weightScales)
  }

  package var parameterInputs: [Int] { [1, 2] }

  package var acceptedTail: AcceptedTail { isDepthwise ? .curve : .residualAndCurve }

  package var layoutRule: LayoutRule {
    var other = self
    other.layout = .channelsLast
    return .image(layout, channelsLast: .conv2D(other))
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    var last = self
    last.layout = .channelsLast
    return layout.prepared(context) { input, output in
      let weights = context.floats(1) ?? []
      let perChannel = weights.count / outputChannels
      let taps = window.kernelHeight * window.kernelWidth
      return last.prepared(
        input, output,
        weights: layout == .channelsLast
          ? weights
          : channelsLast(
            weights, outer: outputChannels, channels: perChannel / taps, area: taps),
        bias: context.floats(2) ?? [Float](repeating: 0, count: outputChannels))
    }
  }

  private func prepared(
    _ input: ImageShape, _ output: ImageShape, weights: [Float], bias: [Float]
  ) -> PreparedOperation {
    if isDepthwise {
      let packed = PackedDepthwise(window, channels: outputChannels, weights: weights, bias: bias)
      return PreparedOperation { inputs, outputs, workers in
        packed.run(input: inputs[0], input, output: outputs[0], output, workers: workers)
      }
    }
    let packed = PackedConvolution(
      groups: groups, taps: window.kernelHeight * window.kernelWidth,
      depth: inputChannels / groups, groupOutputs: outputChannels / groups, weights: weights,
      bias: bias)
    let window = self.window
    return PreparedOperation { inputs, outputs, workers in
      packed.run(pixels: output.area, input: inputs[0], output: outputs[0], workers: workers) {
        pixel, place in
        let (y, x) = pixel.quotientAndRemainder(dividingBy: output.width)
        var tap = 0
        for ky in 0..<window.kernelHeight {
          let row = y * window.strideHeight - window.padding.top + ky * window.dilationHeight
          for kx in 0..<window.kernelWidth {
            let column = x * window.strideWidth - window.padding.left + kx * window.dilationWidth
            let isInside =
              row >= 0 && row < input.height && column >= 0 && column < input.width
            place(tap, isInside ? (row * input.width + column) * input.channels : -1)
            tap += 1
          }
        }
      }
    }
  }
}
