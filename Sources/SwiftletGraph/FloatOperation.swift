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
