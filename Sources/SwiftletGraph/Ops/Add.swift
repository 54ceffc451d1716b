/// The sum of two inputs; see `Broadcast` for the shapes.
public struct Add: Sendable {
  /// An addition.
  public init() {}
}

extension Add: OperationDefinition {
  package var name: String { "add" }
  package var scalingRule: ScalingRule { .handsOn }
  package var acceptedTail: AcceptedTail { .clamp }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    [try Broadcast.outputShape(inputs)]
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    Broadcast.prepared(context) { $0 + $1 }
  }
}
