/// Turns a value into a vector `[1, elements]`, in the order in which the elements stand in memory.
///
/// That order is the layout's: the pass `ChannelsLast` permutes the weights of a fully connected
/// layer that reads the result, so that it finds each element where it was.
public struct Flatten: Sendable {
  /// A flattening.
  public init() {}
}

extension Flatten: OperationDefinition {
  package var name: String { "flatten" }
  package var scalingRule: ScalingRule { .handsOn }
  package var layoutRule: LayoutRule { .memoryOrder }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    [Shape(1, try validatedInput(inputs).count)]
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    PreparedOperation.sameElements(count: context.outputs[0].count)
  }
}

extension PreparedOperation {
  /// The same elements in the same order under another shape.
  static func sameElements(count: Int) -> PreparedOperation {
    PreparedOperation(allowsInPlace: true) { inputs, outputs, _ in
      if inputs[0] != UnsafePointer(outputs[0]) { outputs[0].update(from: inputs[0], count: count) }
    }
  }
}
