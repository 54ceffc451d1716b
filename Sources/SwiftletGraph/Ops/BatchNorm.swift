/// Inference-mode batch normalisation: y = (x − mean) / √(variance + epsilon) · gamma + beta.
///
/// Inputs: the image, and for each of its channels gamma, beta, mean and variance.
public struct BatchNorm: Sendable {
  /// Keeps the square root away from zero.
  public var epsilon: Float
  /// Where the channels stand.
  public var layout: ImageLayout

  /// A batch normalisation from its epsilon.
  public init(epsilon: Float, layout: ImageLayout = .channelsFirst) {
    self.epsilon = epsilon
    self.layout = layout
  }
}

extension BatchNorm: OperationDefinition {
  package var name: String { "batchNorm" }
  package var scalingRule: ScalingRule { .normalises }
  package var details: String { "epsilon \(epsilon)" }
  package var parameterInputs: [Int] { [1, 2] }

  package var layoutRule: LayoutRule {
    .image(layout, channelsLast: .batchNorm(BatchNorm(epsilon: epsilon, layout: .channelsLast)))
  }

  private static let names: [StaticString] = ["", "gamma", "beta", "mean", "variance"]

  /// The shape rule: an image with as many channels as there are parameters; the same shape.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInputs(inputs, count: 5...5)
    let image = try layout.requiredImage(input)
    guard image.channels == inputs[1].count else {
      throw .channels(expected: inputs[1].count, found: image.channels)
    }
    for index in 1...4 { try requireShape(Self.names[index], inputs[index], Shape(image.channels)) }
    return [input]
  }

  /// - Throws: `malformed` when variance + epsilon is not positive for some channel, which has no
  ///   square root to divide by.
  package func checkConstants(_ constants: [Constant?]) throws(ShapeMismatch) {
    guard let variance = constants[4]?.floats else { return }
    for (channel, value) in variance.enumerated() where !(value + epsilon > 0) {
      throw .malformed(
        "variance plus epsilon must be positive, found \(value) + \(epsilon) in channel \(channel)")
    }
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    let parameters = (1...4).map { context.floats($0) ?? [] }
    let (gamma, beta, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3])
    let scale = zip(gamma, variance).map { gamma, variance in
      Float(Double(gamma) / (Double(variance) + Double(epsilon)).squareRoot())
    }
    return layout.prepared(context) { image, _ in
      PreparedOperation(allowsInPlace: true) { inputs, outputs, workers in
        mean.withUnsafeBufferPointer { mean in
          scale.withUnsafeBufferPointer { scale in
            beta.withUnsafeBufferPointer { beta in
              guard let mean = mean.baseAddress, let scale = scale.baseAddress,
                let beta = beta.baseAddress
              else { return }
              workers.forEachPixelVector(image, outputs[0]) { pixel, channel, lanes in
                (inputs[0].vector(pixel + channel, count: lanes)
                  - mean.vector(channel, count: lanes)) * scale.vector(channel, count: lanes)
                  + beta.vector(channel, count: lanes)
              }
            }
          }
        }
      }
    }
  }
}
