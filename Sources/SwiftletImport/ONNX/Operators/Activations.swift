import SwiftletGraph

extension ONNXOperator {
  /// What is computed from each element by itself.
  static let activations = [
    ONNXOperator("Relu", activation(.relu)),
    ONNXOperator("Sigmoid", activation(.sigmoid)),
    ONNXOperator("HardSwish", since: 14, activation(.hardSwish)),
    ONNXOperator("HardSigmoid", hardSigmoid),
    ONNXOperator("Clip", clip),
    ONNXOperator("LeakyRelu", leakyRelu),
    ONNXOperator("PRelu", since: 7, parametricRelu),
    ONNXOperator("Elu", elu),
    ONNXOperator("Tanh", activation(.tanh)),
    ONNXOperator("Softplus", activation(.softplus)),
    ONNXOperator("Mish", since: 18, activation(.mish)),
    ONNXOperator("Gelu", since: 20, gelu),
    ONNXOperator("Erf", since: 9, activation(.erf)),
    ONNXOperator("Gelu", domain: "com.microsoft", activation(.gelu)),
  ]

  private static func activation(_ activation: Activation) -> Append {
    { (builder, call) throws(ONNXProblem) in [try builder.activated(call, activation)] }
  }

  private static let leakyRelu: Append = { (builder, call) throws(ONNXProblem) in
    [try builder.activated(call, .leakyRelu(slope: try call.float("alpha", default: 0.01)))]
  }

  private static let elu: Append = { (builder, call) throws(ONNXProblem) in
    [try builder.activated(call, .elu(alpha: try call.float("alpha", default: 1)))]
  }

  private static let gelu: Append = { (builder, call) throws(ONNXProblem) in
    let form = try call.text("approximate", default: "none")
    return [try builder.activated(call, form == "tanh" ? .geluTanh : .gelu)]
  }

  /// With a slope for each channel: max(x, 0) − slope · max(−x, 0). One slope for all is a leaky ReLU.
  private static let parametricRelu: Append = { (builder, call) throws(ONNXProblem) in
    guard let slopes = try builder.array(1, of: call) else {
      throw call.unsupported("its slopes must be constants")
    }
    if let first = slopes.floats.first, slopes.floats.allSatisfy({ $0 == first }) {
      return [try builder.activated(call, .leakyRelu(slope: first))]
    }
    let value = try builder.graphValue(0, of: call)
    let minus = try builder.constant(ONNXArray([Float(-1)], shape: []), named: "-1", of: call)
    let factors = try builder.constant(
      ONNXArray(slopes.floats.map { -$0 }, shape: slopes.shape),
      named: call.node.inputs[1].text, of: call)
    let negative = try builder.append(
      .multiply(Multiply()), [value, minus], for: call, suffix: "negative")
    let below = try builder.append(.activation(.relu), [negative], for: call, suffix: "below")
    let scaled = try builder.append(
      .multiply(Multiply()), [below, factors], for: call, suffix: "scaled")
    let above = try builder.append(.activation(.relu), [value], for: call, suffix: "above")
    return [try builder.add(.add(Add()), [above, scaled], for: call)]
  }

  /// max(0, min(1, alpha · x + beta))
  private static let hardSigmoid: Append = { (builder, call) throws(ONNXProblem) in
    let alpha = try call.float("alpha", default: 0.2)
    let beta = try call.float("beta", default: 0.5)
    let isUsual = abs(alpha - 1.0 / 6) < 1e-4 && beta == 0.5
    return [
      try builder.activated(
        call, isUsual ? .hardSigmoid : .hardGate(slope: alpha, offset: beta))
    ]
  }

  private static let clip: Append = { (builder, call) throws(ONNXProblem) in
    var (low, high) = (-Float.infinity, Float.infinity)
    if call.version < 11 {
      low = try call.float("min", default: low)
      high = try call.float("max", default: high)
    } else {
      for (input, isLow) in [(1, true), (2, false)] where call.has(input) {
        let bound = try builder.number(input, of: call)
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
    // Exporters write the greatest float for no bound.
    let top = high >= Float.greatestFiniteMagnitude ? Float.infinity : high
    let bottom = low <= -Float.greatestFiniteMagnitude ? -Float.infinity : low
    guard bottom <= top else { throw call.problem("it clips to \(low)…\(high)") }
    switch (bottom, top) {
    case (-.infinity, .infinity): return try call.input(0)
    case (0, .infinity): return try activated(call, .relu)
    case (0, 6): return try activated(call, .relu6)
    default: return try activated(call, .clip(low: bottom, high: top))
    }
  }

  /// An activation of the first input.
  mutating func activated(
    _ call: ONNXCall, _ activation: Activation
  ) throws(ONNXProblem) -> ONNXValue {
    if let array = try array(0, of: call) {
      var result = array
      result.levels = nil
      switch array.contents {
      case .floats(let values):
        result.contents = .floats(values.map { Float(activation.exact(Double($0))) })
      case .integers(let values):
        // Bounds of shapes: whole numbers stay whole.
        result.contents = .integers(
          values.map { Int64(exactly: activation.exact(Double($0)).rounded()) ?? $0 })
      }
      return .array(result)
    }
    return try add(.activation(activation), [try graphValue(0, of: call)], for: call)
  }
}
