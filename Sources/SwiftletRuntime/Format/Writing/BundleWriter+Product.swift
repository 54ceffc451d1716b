extension BundleWriter {
  /// Adds the product of two tensors, the first of the output's shape.
  public mutating func add(
    _ parameters: ProductParameters, name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      ProductParameters.kind, parameters.encoded(), name: name, inputs: inputs, output: output)
  }
}
