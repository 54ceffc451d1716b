/// A two-dimensional convolution (cross-correlation), grouped or not.
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
  /// `[outputChannels][kernelHeight][kernelWidth][inputChannels / groups]` (OHWI).
  public var weights: [Float]
  /// One value per output channel.
  public var bias: [Float]

  /// A convolution from its parts, not checked before it enters a graph.
  public init(
    inputChannels: Int, outputChannels: Int, groups: Int = 1, window: Window, weights: [Float],
    bias: [Float]
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.window = window
    self.weights = weights
    self.bias = bias
  }

  /// Whether each output channel sees exactly one input channel of its own.
  public var isDepthwise: Bool { groups == inputChannels && groups == outputChannels && groups > 1 }
}

extension Conv2D {
  /// The shape rule: one input of `inputChannels`; see `Window.outputSize` for height and width.
  ///
  /// - Throws: `malformed` when groups do not divide the channels, or weights or bias have the
  ///   wrong length; and what `Window.outputSize` throws.
  public func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let input = try validatedInputs(inputs, count: 1)
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
    guard
      let count = checkedProduct(
        outputChannels, window.kernelHeight, window.kernelWidth, inputChannels / groups)
    else { throw .malformed("the kernel has too many weights") }
    try requireCount("weights", weights, count)
    try requireCount("bias", bias, outputChannels)
    return try Shape(height: size.height, width: size.width, channels: outputChannels).validated()
  }

  func prepared(input: Shape, output: Shape) -> PreparedOperation {
    if isDepthwise {
      let packed = PackedDepthwise(self)
      return PreparedOperation { inputs, result, workers in
        packed.run(input: inputs[0], input, output: result, output, workers: workers)
      }
    }
    let packed = PackedConvolution(
      groups: groups, taps: window.kernelHeight * window.kernelWidth,
      depth: inputChannels / groups, groupOutputs: outputChannels / groups, weights: weights,
      bias: bias)
    let window = self.window
    return PreparedOperation { inputs, result, workers in
      packed.run(pixels: output.area, input: inputs[0], output: result, workers: workers) {
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
