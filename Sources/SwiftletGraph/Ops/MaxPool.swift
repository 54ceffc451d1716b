/// The maximum over a window; padding is left out.
public struct MaxPool: Sendable {
  /// The window; it must meet the image everywhere.
  public var window: Window

  /// A max pool from its window.
  public init(window: Window) {
    self.window = window
  }
}

extension MaxPool {
  /// The shape rule: as for a convolution; the channels stay.
  ///
  /// - Throws: also `malformed` when a window could lie wholly in the padding.
  public func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let input = try validatedInputs(inputs, count: 1)
    let size = try window.pooledSize(of: input)
    return try Shape(height: size.height, width: size.width, channels: input.channels).validated()
  }

  /// NaN in a window makes its maximum NaN, as in PyTorch.
  func prepared(input: Shape, output: Shape) -> PreparedOperation {
    let window = self.window
    return PreparedOperation { inputs, result, workers in
      window.pool(input, result, output, workers) { taps, channel, lanes in
        var best = Vector(repeating: -.infinity)
        taps.forEach {
          let x = inputs[0].vector($0 + channel, count: lanes)
          // x .== x is false for NaN only; once NaN, no comparison lets go of it.
          best.replace(with: x, where: (x .> best) .| .!(x .== x))
        }
        return best
      }
    }
  }
}
