extension BundleWriter {
  /// Adds an image of another size; the output has the input's scales and zero points.
  public mutating func add(
    _ parameters: ResizeParameters, name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      ResizeParameters.kind, parameters.encoded(), name: name, inputs: inputs, output: output)
  }
}
