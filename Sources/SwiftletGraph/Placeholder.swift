extension FloatOperation {
  func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape { inputs[0] }
}
