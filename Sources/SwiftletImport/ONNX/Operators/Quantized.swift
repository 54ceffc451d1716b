import SwiftletGraph

extension ONNXOperator {
  /// The QOperator form: operators that read and write integers. Each is the float operator between what
  /// its inputs' levels mean and the rounding of its result.
  static let quantized: [ONNXOperator] = standard + microsoft

  private static let standard: [ONNXOperator] = [
    ONNXOperator("QLinearConv", convolution),
    ONNXOperator("QLinearMatMul", product(bias: nil, result: 6)),
    ONNXOperator("ConvInteger", integer),
    ONNXOperator("MatMulInteger", integer),
  ]

  private static let microsoft: [ONNXOperator] = [
    ONNXOperator("QLinearAdd", domain: "com.microsoft", elementwise("Add")),
    ONNXOperator("QLinearMul", domain: "com.microsoft", elementwise("Mul")),
    ONNXOperator(
      "QLinearGlobalAveragePool", domain: "com.microsoft", unary("GlobalAveragePool")),
    ONNXOperator("QLinearAveragePool", domain: "com.microsoft", unary("AveragePool")),
    ONNXOperator("QLinearSigmoid", domain: "com.microsoft", unary("Sigmoid")),
    ONNXOperator("QLinearLeakyRelu", domain: "com.microsoft", unary("LeakyRelu")),
    ONNXOperator("QLinearSoftmax", domain: "com.microsoft", unary("Softmax")),
    ONNXOperator("QLinearConcat", domain: "com.microsoft", concatenation),
    ONNXOperator("QGemm", domain: "com.microsoft", product(bias: 6, result: 7)),
  ]

  private static let convolution: Append = { (builder, call) throws(ONNXProblem) in
    let image = try builder.operand(0, of: call)
    let weights = try builder.operand(3, of: call, axis: 0)
    var inputs = [image, weights]
    if call.has(8) { inputs.append(try builder.bias(8, 1, 4, of: call)) }
    return try builder.rounded(call.as("Conv", inputs), scale: 6, of: call)
  }

  /// A · B, and the bias of QGemm, with the result's scale at an input.
  private static func product(bias: Int?, result: Int) -> Append {
    { (builder, call) throws(ONNXProblem) in
      let isTransposed = try call.flag("transB")
      guard try call.float("alpha", default: 1) == 1 else {
        throw call.unsupported("alpha other than 1")
      }
      var inputs = [
        try builder.operand(0, of: call),
        try builder.operand(3, of: call, axis: isTransposed ? 0 : 1),
      ]
      if let bias, call.has(bias) { inputs.append(try builder.bias(bias, 1, 4, of: call)) }
      let name = bias == nil ? "MatMul" : "Gemm"
      return try builder.rounded(call.as(name, inputs), scale: result, of: call)
    }
  }

  private static func elementwise(_ name: String) -> Append {
    { (builder, call) throws(ONNXProblem) in
      let inputs = [try builder.operand(0, of: call), try builder.operand(3, of: call)]
      return try builder.rounded(call.as(name, inputs), scale: 6, of: call)
    }
  }

  private static func unary(_ name: String) -> Append {
    { (builder, call) throws(ONNXProblem) in
      guard try !call.flag("channels_last") else {
        throw call.unsupported("channels_last 1; 0 is accepted")
      }
      let inputs = [try builder.operand(0, of: call)]
      return try builder.rounded(call.as(name, inputs), scale: 3, of: call)
    }
  }

  /// Scale and zero point of the result come first, then three inputs for each value.
  private static let concatenation: Append = { (builder, call) throws(ONNXProblem) in
    var inputs: [ONNXCall.Operand] = []
    for place in stride(from: 2, to: call.inputs.count, by: 3) {
      inputs.append(try builder.operand(place, of: call))
    }
    return try builder.rounded(call.as("Concat", inputs), scale: 0, of: call)
  }

  private static let integer: Append = { (_, call) throws(ONNXProblem) in
    throw call.unsupported(
      "its result has no scale of its own; quantize statically (QDQ or QOperator), or give the float "
        + "model")
  }
}

extension ONNXCall {
  typealias Operand = (name: FileName, value: ONNXValue?)

  /// The float operator with the same attributes.
  fileprivate func `as`(_ name: String, _ inputs: [Operand]) -> ONNXCall {
    let call = reading(inputs)
    var node = call.node
    (node.operation, node.domain) = (FileName(name), FileName(""))
    // Attributes keep their meaning since version 13 of the operator set.
    return ONNXCall(node: node, name: call.name, version: max(version, 13), inputs: call.inputs)
  }
}

extension ONNXBuilder {
  /// What an input's levels mean, with scale and zero point in the two inputs after it.
  fileprivate mutating func operand(
    _ input: Int, of call: ONNXCall, axis: Int = 1
  ) throws(ONNXProblem) -> ONNXCall.Operand {
    var scales = try scales(input + 1, zeroPoint: input + 2, of: call)
    scales.axis = axis
    let name = call.node.inputs[input]
    switch try call.input(input) {
    case .tensor(let tensor): return (name, .array(try scales.real(try array(tensor), call)))
    case .array(let array): return (name, .array(try scales.real(array, call)))
    case .value, .scores: return (name, .value(try real(input, as: scales, of: call)))
    }
  }

  /// A bias of 32-bit integers, in units of the image's scale times the weights'.
  fileprivate mutating func bias(
    _ input: Int, _ first: Int, _ second: Int, of call: ONNXCall
  ) throws(ONNXProblem) -> ONNXCall.Operand {
    let image = try scales(first, zeroPoint: first + 1, of: call).scales[0]
    var scales = try scales(second, zeroPoint: second + 1, of: call)
    scales.scales = scales.scales.map { $0 * image }
    scales.zeroPoints = scales.scales.map { _ in 0 }
    scales.axis = 0
    guard let array = try array(input, of: call) else {
      throw call.unsupported("its bias must be a constant")
    }
    return (call.node.inputs[input], .array(try scales.real(array, call)))
  }

  /// The result of a float operator, rounded with the scale and zero point at two inputs of `call`.
  fileprivate mutating func rounded(
    _ float: ONNXCall, scale: Int, of call: ONNXCall
  ) throws(ONNXProblem) -> [ONNXValue] {
    guard
      let operation = ONNXOperator.find(
        domain: "", name: float.node.operation.text, version: float.version)
    else { throw call.problem("there is no float form of it") }
    let result = try operation.append(&self, float)
    // Without a scale the result stays what it is.
    if !call.has(scale) { return result }
    let scales = try scales(scale, zeroPoint: scale + 1, of: call)
    return [.value(try rounded(result[0], as: scales, for: call, suffix: "rounded"))]
  }
}
