/// The mean over a window.
public struct AveragePool: Sendable {
  /// The window; it must meet the image everywhere.
  public var window: Window
  /// Whether padding counts as zeros in the mean (PyTorch's default) or is left out (TensorFlow's).
  public var countsPadding: Bool
  /// The order of the image's dimensions.
  public var layout: ImageLayout

  /// An average pool from its parts.
  public init(window: Window, countsPadding: Bool, layout: ImageLayout = .channelsFirst) {
    self.window = window
    self.countsPadding = countsPadding
    self.layout = layout
  }
}

extension AveragePool: OperationDefinition {
  package var name: String { "averagePool" }
  package var scalingRule: ScalingRule { .handsOn }
  package var details: String { window.description + (countsPadding ? ", padding counts" : "") }

  package var layoutRule: LayoutRule {
    .image(
      layout,
      channelsLast: .averagePool(
        AveragePool(window: window, countsPadding: countsPadding, layout: .channelsLast)))
  }

  /// The shape rule: as for a convolution; the channels stay.
  ///
  /// - Throws: also `malformed` when a window could lie wholly in the padding.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    [try window.pooledShape(validatedInput(inputs), layout)]
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    let (window, countsPadding) = (self.window, self.countsPadding)
    let area = Float(window.kernelHeight) * Float(window.kernelWidth)
    return layout.prepared(context) { input, output in
      PreparedOperation { inputs, outputs, workers in
        window.pool(input, outputs[0], output, workers) { taps, channel, lanes in
          var sum = Vector.zero
          taps.forEach { sum += inputs[0].vector($0 + channel, count: lanes) }
          return sum / (countsPadding ? area : Float(taps.count))
        }
      }
    }
  }
}
