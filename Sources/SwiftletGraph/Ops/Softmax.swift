/// e^x divided by the sum of e^x over the channels of a pixel.
public struct Softmax: Sendable {
  /// Where the channels stand.
  public var layout: ImageLayout

  /// A softmax over the channels.
  public init(layout: ImageLayout = .channelsFirst) {
    self.layout = layout
  }
}

extension Softmax: OperationDefinition {
  package var name: String { "softmax" }

  package var layoutRule: LayoutRule {
    .image(layout, channelsLast: .softmax(Softmax(layout: .channelsLast)))
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    _ = try layout.requiredImage(input)
    return [input]
  }

  /// Subtracts the pixel's maximum first, so that nothing overflows. A pixel with NaN is all NaN.
  package func prepared(_ context: Preparation) -> PreparedOperation {
    layout.prepared(context) { image, _ in
      let channels = image.channels
      return PreparedOperation(allowsInPlace: true) { inputs, outputs, workers in
        workers.forEachRange(image.area, grain: max(1, Workers.elementsPerTask / channels)) {
          for pixel in $0 {
            let source = inputs[0] + pixel * channels
            let target = outputs[0] + pixel * channels
            var largest = -Float.infinity
            for channel in 0..<channels { largest = max(largest, source[channel]) }
            var sum: Float = 0
            for channel in stride(from: 0, to: channels, by: Vector.scalarCount) {
              let lanes = min(Vector.scalarCount, channels - channel)
              let power = (source.vector(channel, count: lanes) - largest).exponential
              target.store(power, channel, count: lanes)
              for lane in 0..<lanes { sum += power[lane] }
            }
            for channel in 0..<channels { target[channel] /= sum }
          }
        }
      }
    }
  }
}
