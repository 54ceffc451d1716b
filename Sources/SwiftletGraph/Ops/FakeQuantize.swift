/// Rounds each element to the levels of an int8 tensor and back: how a network that was quantized before
/// states its scales (Jacob et al., 2018, section 3; ONNX's QuantizeLinear and DequantizeLinear).
///
/// Of x it gives scale · (q − zeroPoint) with q = x / scale + zeroPoint, rounded to the nearest level,
/// halves to even, and kept from −128 to 127.
public struct FakeQuantize: Hashable, Sendable {
  /// Real units a level, above 0.
  public var scale: Float
  /// The level of 0, −128…127; where levels are unsigned, less 128.
  public var zeroPoint: Int

  /// A rounding from its numbers, not checked before it enters a graph.
  public init(scale: Float, zeroPoint: Int) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }
}

extension FakeQuantize: OperationDefinition {
  package var name: String { "fakeQuantize" }
  package var details: String { "scale \(scale), zero point \(zeroPoint)" }

  /// The shape rule: the input's shape.
  ///
  /// - Throws: `malformed` for a scale that is no positive number, or a zero point that is no level.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    guard scale > 0, scale.isFinite, (-128...127).contains(zeroPoint) else {
      throw .malformed(
        "expected a scale above 0 and a zero point of −128…127, found \(scale) and \(zeroPoint)")
    }
    return [input]
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    let count = context.outputs[0].count
    let (low, high) = (Float(-128 - zeroPoint), Float(127 - zeroPoint))
    let scale = scale
    return PreparedOperation(allowsInPlace: true) { inputs, outputs, workers in
      let input = inputs[0]
      workers.forEachVector(count, outputs[0]) { index, lanes in
        // Clamped first, the bounds being whole: so no quotient is too large to be rounded.
        (input.vector(index, count: lanes) / scale).clampedKeepingNaN(low, high)
          .rounded(.toNearestOrEven) * scale
      }
    }
  }
}
