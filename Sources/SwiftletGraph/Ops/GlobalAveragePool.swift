/// The mean over all pixels of each channel, as a vector.
enum GlobalAveragePool {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    Shape(channels: try validatedInputs(inputs, count: 1).channels)
  }

  /// Sums each row, then the rows: large images lose less to rounding than in one long sum.
  static func prepared(input: Shape) -> PreparedOperation {
    let channels = input.channels
    return PreparedOperation { inputs, output, workers in
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
          output.store(sum / Float(input.area), channel, count: lanes)
        }
      }
    }
  }
}
