import SwiftletGraph

extension ONNXOperator {
  /// Linear layers and what normalises their results.
  static let convolutions = [
    ONNXOperator("Conv", conv),
    ONNXOperator("BatchNormalization", since: 7, batchNormalization),
    ONNXOperator("Gemm", since: 7, gemm),
    ONNXOperator("MatMul", matMul),
  ]

  private static let conv: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let weights = builder.shape(of: try call.input(1))
    guard case .value = try call.input(0) else {
      throw call.unsupported("its image is a constant")
    }
    guard weights.count == 4, weights.allSatisfy({ $0 > 0 }) else {
      throw call.unsupported(
        "its weights have the shape \(weights); kernels of two dimensions are accepted")
    }
    let groups = try call.integer("group", default: 1)
    let window = try ONNXWindow(call, input: input, kernel: Array(weights[2...])).window
    let (channels, overflow) = weights[1].multipliedReportingOverflow(by: groups)
    guard groups >= 1, !overflow else {
      throw call.problem("group \(groups) is no number of groups")
    }
    var conv = Conv2D(
      inputChannels: channels, outputChannels: weights[0], groups: groups, window: window)
    conv.weightScales = try builder.array(1, of: call)?.scales(ofChannels: weights[0], axis: 0)
    var inputs = [
      try builder.graphValue(0, of: call), try builder.weights(1, of: call),
    ]
    if call.has(2) { inputs.append(try builder.weights(2, of: call)) }
    return [try builder.add(.conv2D(conv), inputs, for: call)]
  }

  private static let batchNormalization: Append = { (builder, call) throws(ONNXProblem) in
    guard try !call.flag("training_mode"), call.node.outputs.count == 1 else {
      throw call.unsupported("it is in training mode; export the network for inference (eval)")
    }
    let norm = BatchNorm(epsilon: try call.float("epsilon", default: 1e-5))
    var inputs = [try builder.graphValue(0, of: call)]
    for input in 1...4 { inputs.append(try builder.weights(input, of: call)) }
    return [try builder.add(.batchNorm(norm), inputs, for: call)]
  }

  /// alpha · A · B + beta · C, of which A is what the network computes: a fully connected layer.
  private static let gemm: Append = { (builder, call) throws(ONNXProblem) in
    guard try !call.flag("transA") else {
      throw call.unsupported("transA is accepted as 0 only: one row for the image")
    }
    let isTransposed = try call.flag("transB")
    let alpha = try call.float("alpha", default: 1)
    let beta = try call.float("beta", default: 1)
    var bias: [Float]?
    if call.has(2) {
      guard let array = try builder.array(2, of: call) else {
        throw call.unsupported("its third input must be a constant")
      }
      bias = array.floats.map { beta * $0 }
    }
    return [
      try builder.fullyConnected(call, isTransposed: isTransposed, alpha: alpha, bias: bias)
    ]
  }

  private static let matMul: Append = { (builder, call) throws(ONNXProblem) in
    [try builder.fullyConnected(call, isTransposed: false, alpha: 1, bias: nil)]
  }
}

extension ONNXBuilder {
  /// An input that must be a constant of floats.
  mutating func weights(_ input: Int, of call: ONNXCall) throws(ONNXProblem) -> ValueID {
    guard let array = try array(input, of: call) else {
      throw call.unsupported(
        "input \(input + 1) must be a constant; what the network computes is no weight")
    }
    return try constant(array, named: call.node.inputs[input].text, of: call)
  }

  /// The first input times the second, a constant `[inputs][outputs]`, or the other way round where it
  /// is transposed.
  fileprivate mutating func fullyConnected(
    _ call: ONNXCall, isTransposed: Bool, alpha: Float, bias: [Float]?
  ) throws(ONNXProblem) -> ONNXValue {
    let input = shape(of: try call.input(0))
    guard let matrix = try array(1, of: call), case .value(let value) = try call.input(0) else {
      throw call.unsupported("one factor must be a constant, the other what the network computes")
    }
    guard matrix.shape.count == 2, matrix.count > 0, input.count >= 2,
      input.dropLast().allSatisfy({ $0 == 1 })
    else {
      throw call.unsupported(
        "it multiplies values of the shapes \(input) and \(matrix.shape); one row by a matrix is "
          + "accepted, which a fully connected layer is")
    }
    let outputs = matrix.shape[isTransposed ? 0 : 1]
    let inputs = matrix.shape[isTransposed ? 1 : 0]
    guard inputs == input[input.count - 1] else {
      throw call.problem("a row of \(input[input.count - 1]) does not fit a matrix \(matrix.shape)")
    }
    var weights = matrix.floats
    if !isTransposed { weights = transposed(weights, rows: inputs, columns: outputs) }
    if alpha != 1 { for index in weights.indices { weights[index] *= alpha } }
    let name = call.node.inputs[1].text
    var operands = [
      value, graph.addConstant(name, shape: Shape(outputs, inputs), .floats(weights)),
    ]
    if let bias {
      guard bias.count == outputs || bias.count == 1 else {
        throw call.problem("\(bias.count) biases for \(outputs) outputs")
      }
      let all = bias.count == outputs ? bias : [Float](repeating: bias[0], count: outputs)
      operands.append(
        graph.addConstant(call.node.inputs[2].text, shape: Shape(outputs), .floats(all)))
    }
    var layer = FullyConnected(inputCount: inputs, outputCount: outputs)
    layer.weightScales = matrix.scales(ofChannels: outputs, axis: isTransposed ? 0 : 1)?
      .map { alpha == 1 ? $0 : $0 * abs(alpha) }
    let result = try add(.fullyConnected(layer), operands, for: call)
    // A fully connected layer gives one row of a matrix.
    let shape = Array(input.dropLast()) + [outputs]
    return shape.count == 2 ? result : try reshaped(result, to: shape, for: call, suffix: "shape")
  }

  private func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: values.count) { result, count in
      for column in 0..<columns {
        for row in 0..<rows {
          result.initializeElement(at: column * rows + row, to: values[row * columns + column])
        }
      }
      count = values.count
    }
  }
}
