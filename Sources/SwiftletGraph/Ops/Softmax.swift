/// e^x divided by the sum of e^x over the channels of a pixel.
enum Softmax {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    try validatedInputs(inputs, count: 1)
  }

  /// Subtracts the pixel's maximum first, so that nothing overflows. A pixel with NaN is all NaN.
  static func prepared(shape: Shape) -> PreparedOperation {
    let channels = shape.channels
    return PreparedOperation(allowsInPlace: true) { inputs, output, workers in
      workers.forEachRange(shape.area, grain: max(1, Workers.elementsPerTask / channels)) {
        for pixel in $0 {
          let source = inputs[0] + pixel * channels
          let target = output + pixel * channels
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
