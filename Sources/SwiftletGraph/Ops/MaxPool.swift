/// The maximum over a window; padding is left out.
public struct MaxPool: Sendable {
  /// The window; it must meet the image everywhere.
  public var window: Window
  /// The order of the image's dimensions.
  public var layout: ImageLayout

  /// A max pool from its window.
  public init(window: Window, layout: ImageLayout = .channelsFirst) {
    self.window = window
    self.layout = layout
  }
}

extension MaxPool: OperationDefinition {
  package var name: String { "maxPool" }
  package var scalingRule: ScalingRule { .handsOn }
  package var details: String { window.description }

  package var layoutRule: LayoutRule {
    .image(layout, channelsLast: .maxPool(MaxPool(window: window, layout: .channelsLast)))
  }

  /// The shape rule: as for a convolution; the channels stay.
  ///
  /// - Throws: also `malformed` when a window could lie wholly in the padding.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    [try window.pooledShape(validatedInput(inputs), layout)]
  }

  /// NaN in a window makes its maximum NaN, as in PyTorch.
  package func prepared(_ context: Preparation) -> PreparedOperation {
    let window = self.window
    return layout.prepared(context) { input, output in
      PreparedOperation { inputs, outputs, workers in
        window.pool(input, outputs[0], output, workers) { taps, channel, lanes in
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
}
