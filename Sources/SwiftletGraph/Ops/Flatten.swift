/// Turns an image into a vector, 1×1×(height · width · channels), in NHWC order.
///
/// PyTorch flattens NCHW tensors, so its order differs when there is more than one pixel: an
/// importer must then permute the weights of the layer that follows.
enum Flatten {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    Shape(channels: try validatedInputs(inputs, count: 1).count)
  }

  static func prepared(shape: Shape) -> PreparedOperation {
    PreparedOperation(allowsInPlace: true) { inputs, output, _ in
      if inputs[0] != UnsafePointer(output) { output.update(from: inputs[0], count: shape.count) }
    }
  }
}
