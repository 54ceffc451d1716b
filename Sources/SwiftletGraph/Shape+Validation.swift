extension Shape {
  /// Refuses shapes that have no elements or whose byte count does not fit an `Int`.
  func validated() throws(ShapeMismatch) -> Shape {
    guard height >= 1, width >= 1, channels >= 1 else {
      throw .malformed("every dimension must be at least 1, found \(self)")
    }
    guard checkedProduct(height, width, channels, MemoryLayout<Float>.stride) != nil else {
      throw .malformed("a tensor of \(self) is too large")
    }
    return self
  }
}

/// Checks the number of inputs and each input's shape, and returns the first.
func validatedInputs(_ inputs: [Shape], count: Int) throws(ShapeMismatch) -> Shape {
  guard inputs.count == count, let first = inputs.first else {
    throw .inputCount(expected: count, found: inputs.count)
  }
  for input in inputs { _ = try input.validated() }
  return first
}

/// Checks the length of a parameter array that has one value per channel or output.
func requireCount(
  _ name: StaticString, _ values: [Float], _ expected: Int
) throws(ShapeMismatch) {
  guard values.count == expected else {
    throw .malformed("expected \(expected) values of \(name), found \(values.count)")
  }
}
