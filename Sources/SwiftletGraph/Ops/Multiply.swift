/// The product of two inputs; see `Broadcast` for the shapes.
public struct Multiply: Sendable {
  /// A multiplication.
  public init() {}
}

extension Multiply: OperationDefinition {
  package var name: String { "multiply" }
  package var scalingRule: ScalingRule { .gates }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    [try Broadcast.outputShape(inputs)]
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    Broadcast.prepared(context) { $0 * $1 }
  }
}
