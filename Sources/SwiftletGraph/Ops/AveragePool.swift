/// The mean over a window.
public struct AveragePool: Sendable {
  /// The window; it must meet the image everywhere.
  public var window: Window
  /// Whether padding counts as zeros in the mean (PyTorch's default) or is left out (TensorFlow's).
  public var countsPadding: Bool

  /// An average pool from its parts.
  public init(window: Window, countsPadding: Bool) {
    self.window = window
    self.countsPadding = countsPadding
  }
}

extension AveragePool {
  /// The shape rule: as for a convolution; the channels stay.
  ///
  /// - Throws: also `malformed` when a window could lie wholly in the padding.
  public func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let input = try validatedInputs(inputs, count: 1)
    let size = try window.pooledSize(of: input)
    return try Shape(height: size.height, width: size.width, channels: input.channels).validated()
  }

  func prepared(input: Shape, output: Shape) -> PreparedOperation {
    let (window, countsPadding) = (self.window, self.countsPadding)
    let area = Float(window.kernelHeight) * Float(window.kernelWidth)
    return PreparedOperation { inputs, result, workers in
      window.pool(input, result, output, workers) { taps, channel, lanes in
        var sum = Vector.zero
        taps.forEach { sum += inputs[0].vector($0 + channel, count: lanes) }
        return sum / (countsPadding ? area : Float(taps.count))
      }
    }
  }
}
