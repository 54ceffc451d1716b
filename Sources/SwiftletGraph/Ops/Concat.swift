/// Joins the channels of one or more inputs of equal height and width, in their order.
enum Concat {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let first = try validatedInputs(inputs, count: max(1, inputs.count))
    var channels = 0
    for input in inputs {
      guard input.height == first.height, input.width == first.width else {
        throw .disagreement(first, input)
      }
      guard let sum = checkedSum(channels, input.channels) else {
        throw .malformed("the joined inputs have too many channels")
      }
      channels = sum
    }
    return try Shape(height: first.height, width: first.width, channels: channels).validated()
  }

  static func prepared(inputs shapes: [Shape], output shape: Shape) -> PreparedOperation {
    PreparedOperation { inputs, output, workers in
      let grain = max(1, Workers.elementsPerTask / shape.channels)
      workers.forEachRange(shape.area, grain: grain) { pixels in
        for pixel in pixels {
          var target = output + pixel * shape.channels
          for (input, source) in zip(inputs, shapes) {
            target.update(from: input + pixel * source.channels, count: source.channels)
            target += source.channels
          }
        }
      }
    }
  }
}
