/// The same elements, in the order in which they stand in memory, as a value of another shape.
public struct Reshape: Sendable {
  /// The result's shape.
  public var shape: Shape

  /// A reshaping from the result's shape.
  public init(to shape: Shape) {
    self.shape = shape
  }
}

extension Reshape: DataMovement {
  package var name: String { "reshape" }
  package var scalingRule: ScalingRule { .handsOn }
  package var details: String { "to \(shape)" }
  package var layoutRule: LayoutRule { .memoryOrder }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    let output = try shape.validated()
    guard input.count == output.count else {
      throw .malformed("\(input) and \(output) have different numbers of elements")
    }
    return [output]
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    [CopyPiece(input: 0, sizes: [shape.count], inputStrides: [1], outputStrides: [1])]
  }

  /// In place where that is possible, which the pieces do not say.
  package func prepared(_ context: Preparation) -> PreparedOperation {
    PreparedOperation.sameElements(count: shape.count)
  }
}
