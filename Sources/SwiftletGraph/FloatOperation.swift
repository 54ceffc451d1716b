/// Every operation the float graph knows. Closed: a new case makes each `switch` that lacks it fail
/// to compile. One file in `Ops/` per case holds parameters, shape rule and reference execution.
public enum FloatOperation: Sendable {
  case conv2D(Conv2D)
  case batchNorm(BatchNorm)
  case activation(Activation)
  case add
  case multiply
  case averagePool(AveragePool)
  case maxPool(MaxPool)
  case globalAveragePool
  case fullyConnected(FullyConnected)
  case concat
  case flatten
  case softmax
}

extension FloatOperation {
  /// The shape rule: the result's shape for inputs of these shapes.
  ///
  /// - Throws: `ShapeMismatch` when the inputs do not fit the operation, or its own numbers and
  ///   arrays contradict each other. It never traps, whatever the numbers.
  public func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    switch self {
    case .conv2D(let conv): try conv.outputShape(inputs)
    case .batchNorm(let norm): try norm.outputShape(inputs)
    case .activation(let activation): try activation.outputShape(inputs)
    case .add: try Add.outputShape(inputs)
    case .multiply: try Multiply.outputShape(inputs)
    case .averagePool(let pool): try pool.outputShape(inputs)
    case .maxPool(let pool): try pool.outputShape(inputs)
    case .globalAveragePool: try GlobalAveragePool.outputShape(inputs)
    case .fullyConnected(let layer): try layer.outputShape(inputs)
    case .concat: try Concat.outputShape(inputs)
    case .flatten: try Flatten.outputShape(inputs)
    case .softmax: try Softmax.outputShape(inputs)
    }
  }

  /// The operation made ready for inputs of these shapes: weights packed, constants computed.
  func prepared(inputs: [Shape], output: Shape) -> PreparedOperation {
    switch self {
    case .conv2D(let conv): conv.prepared(input: inputs[0], output: output)
    case .batchNorm(let norm): norm.prepared(shape: output)
    case .activation(let activation): activation.prepared(shape: output)
    case .add: Add.prepared(inputs: inputs, output: output)
    case .multiply: Multiply.prepared(inputs: inputs, output: output)
    case .averagePool(let pool): pool.prepared(input: inputs[0], output: output)
    case .maxPool(let pool): pool.prepared(input: inputs[0], output: output)
    case .globalAveragePool: GlobalAveragePool.prepared(input: inputs[0])
    case .fullyConnected(let layer): layer.prepared()
    case .concat: Concat.prepared(inputs: inputs, output: output)
    case .flatten: Flatten.prepared(shape: output)
    case .softmax: Softmax.prepared(shape: output)
    }
  }
}
