/// What `add` and `multiply` share: two inputs of one shape, or an image and a vector of the same
/// channels (1×1×C, on either side) that stands for every pixel.
enum Broadcast {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let first = try validatedInputs(inputs, count: 2)
    let second = inputs[1]
    if first == second { return first }
    guard first.channels == second.channels, first.area == 1 || second.area == 1 else {
      throw .disagreement(first, second)
    }
    return first.area == 1 ? second : first
  }

  /// Only commutative functions: a vector on the left is swapped to the right.
  static func prepared(
    _ shapes: [Shape], _ output: Shape,
    _ combine: @escaping @Sendable (Vector, Vector) -> Vector
  ) -> PreparedOperation {
    let isElementwise = shapes[0] == shapes[1]
    let vectorIndex = shapes[0].area == 1 ? 0 : 1
    return PreparedOperation(allowsInPlace: true) { inputs, result, workers in
      if isElementwise {
        workers.forEachVector(output.count, result) { index, lanes in
          combine(inputs[0].vector(index, count: lanes), inputs[1].vector(index, count: lanes))
        }
      } else {
        let (vector, image) = (inputs[vectorIndex], inputs[1 - vectorIndex])
        workers.forEachPixelVector(output, result) { pixel, channel, lanes in
          combine(
            image.vector(pixel + channel, count: lanes), vector.vector(channel, count: lanes))
        }
      }
    }
  }
}
