/// The mean over all pixels of each channel.
public struct GlobalAveragePool: Sendable {
  /// Whether the result is an image of one pixel (rank 4) or a vector (`[1, channels]`).
  public var keepsDimensions: Bool
  /// The order of the image's dimensions.
  public var layout: ImageLayout

  /// A global average pool from its parts.
  public init(keepsDimensions: Bool, layout: ImageLayout = .channelsFirst) {
    self.keepsDimensions = keepsDimensions
    self.layout = layout
  }
}

extension GlobalAveragePool: OperationDefinition {
  package var name: String { "globalAveragePool" }
  package var scalingRule: ScalingRule { .handsOn }

  package var layoutRule: LayoutRule {
    .image(
      layout,
      channelsLast: .globalAveragePool(
        GlobalAveragePool(keepsDimensions: keepsDimensions, layout: .channelsLast)))
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try layout.requiredImage(validatedInput(inputs))
    let output = ImageShape(height: 1, width: 1, channels: input.channels)
    return [keepsDimensions ? layout.shape(output) : Shape(1, input.channels)]
  }

  /// Sums each row, then the rows: large images lose less to rounding than in one long sum.
  package func prepared(_ context: Preparation) -> PreparedOperation {
    layout.prepared(context) { input, _ in
      let channels = input.channels
      return PreparedOperation { inputs, outputs, workers in
        let blocks = (channels + Vector.scalarCount - 1) / Vector.scalarCount
        workers.forEachRange(blocks, grain: max(1, 16_384 / input.area)) { range in
          for block in range {
            let channel = block * Vector.scalarCount
            let lanes = min(Vector.scalarCount, channels - channel)
            var sum = Vector.zero
            var pixel = inputs[0] + channel
            for _ in 0..<input.height {
              var rowSum = Vector.zero
              for _ in 0..<input.width {
                rowSum += pixel.vector(0, count: lanes)
                pixel += channels
              }
              sum += rowSum
            }
            outputs[0].store(sum / Float(input.area), channel, count: lanes)
          }
        }
      }
    }
  }
}
