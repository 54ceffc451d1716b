extension Shape {
  /// Refuses shapes of too many dimensions, without elements, or whose byte count does not fit an
  /// `Int`.
  func validated() throws(ShapeMismatch) -> Shape {
    guard rank <= Self.maximumRank else {
      throw .malformed("at most \(Self.maximumRank) dimensions are possible, found \(self)")
    }
    var bytes = MemoryLayout<Float>.stride
    for extent in dimensions {
      guard extent >= 1 else {
        throw .malformed("every dimension must be at least 1, found \(self)")
      }
      guard let product = checkedProduct(bytes, extent) else {
        throw .malformed("a tensor of \(self) is too large")
      }
      bytes = product
    }
    return self
  }
}

/// Checks the number of inputs and each input's shape, and returns the first.
func validatedInputs(_ inputs: [Shape], count: ClosedRange<Int>) throws(ShapeMismatch) -> Shape {
  guard count.contains(inputs.count), let first = inputs.first else {
    throw .inputCount(expected: count.lowerBound, found: inputs.count)
  }
  for input in inputs { _ = try input.validated() }
  return first
}

/// Checks that there is one input, and its shape, and returns it.
func validatedInput(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
  try validatedInputs(inputs, count: 1...1)
}

/// Checks the shape of a constant that an operation reads beside its input.
func requireShape(
  _ name: StaticString, _ found: Shape, _ expected: Shape
) throws(ShapeMismatch) {
  guard found == expected else {
    throw .malformed("expected \(name) of \(expected), found \(found)")
  }
}

extension ImageLayout {
  /// The image that a value is.
  ///
  /// - Throws: `rank` for anything but batch 1 of rank 4 or 2.
  func requiredImage(_ shape: Shape) throws(ShapeMismatch) -> ImageShape {
    guard let image = image(shape) else {
      throw .malformed("expected an image of rank 4 and batch 1, found \(shape)")
    }
    return image
  }
}

/// The product, or nil when it overflows.
func checkedProduct(_ factors: Int...) -> Int? {
  var product = 1
  for factor in factors {
    let (result, overflow) = product.multipliedReportingOverflow(by: factor)
    if overflow { return nil }
    product = result
  }
  return product
}

/// The sum, or nil when it overflows.
func checkedSum(_ terms: Int...) -> Int? {
  var sum = 0
  for term in terms {
    let (result, overflow) = sum.addingReportingOverflow(term)
    if overflow { return nil }
    sum = result
  }
  return sum
}
