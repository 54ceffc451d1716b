import SwiftletGraph

extension ONNXOperator {
  /// What is computed from each element by itself.
  static let activations = [
    ONNXOperator("Relu", activation(.relu)),
    ONNXOperator("Sigmoid", activation(.sigmoid)),
    ONNXOperator("HardSwish", since: 14, activation(.hardSwish)),
    ONNXOperator("HardSigmoid", hardSigmoid),
    ONNXOperator("Clip", clip),
  ]

  private static func activation(_ activation: Activation) -> Append {
    { (builder, call) throws(ONNXProblem) in
      [try builder.add(.activation(activation), [try builder.graphValue(0, of: call)], for: call)]
    }
  }

  /// max(0, min(1, alpha · x + beta))
  private static let hardSigmoid: Append = { (builder, call) throws(ONNXProblem) in
    let alpha = try call.float("alpha", default: 0.2)
    let beta = try call.float("beta", default: 0.5)
    guard abs(alpha - 1.0 / 6) < 1e-4, beta == 0.5 else {
      throw call.unsupported("alpha \(alpha) and beta \(beta); 1/6 and 0.5 are accepted")
    }
    return try activation(.hardSigmoid)(&builder, call)
  }

  private static let clip: Append = { (builder, call) throws(ONNXProblem) in
    var (low, high) = (-Float.infinity, Float.infinity)
    if call.version < 11 {
      low = try call.float("min", default: low)
      high = try call.float("max", default: high)
    } else {
      for (input, isLow) in [(1, true), (2, false)] where call.has(input) {
        guard let bound = try builder.array(input, of: call)?.floats.first else {
          throw call.unsupported("its bounds must be constants")
        }
        if isLow { low = bound } else { high = bound }
      }
    }
    return [try builder.clipped(call, low, high)]
  }
}

extension ONNXBuilder {
  /// The first input, kept between two bounds.
  mutating func clipped(
    _ call: ONNXCall, _ low: Float, _ high: Float
  ) throws(ONNXProblem) -> ONNXValue {
    let value = try graphValue(0, of: call)
    // Exporters write the greatest float for no bound.
    let isOpen = high >= Float.greatestFiniteMagnitude
    switch (low, high) {
    case (0, _) where isOpen: return try add(.activation(.relu), [value], for: call)
    case (0, 6): return try add(.activation(.relu6), [value], for: call)
    default:
      throw call.unsupported("it clips to \(low)…\(high); 0…6 and from 0 on are accepted")
    }
  }
}
