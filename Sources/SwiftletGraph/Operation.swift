/// Every operation that the float graph knows. Closed; a new case needs one more line below, and
/// the compiler says so.
public enum Operation: Sendable {
  case conv2D(Conv2D)
  case fullyConnected(FullyConnected)
  case batchNorm(BatchNorm)
  case activation(Activation)
  case add(Add)
  case multiply(Multiply)
  case averagePool(AveragePool)
  case maxPool(MaxPool)
  case globalAveragePool(GlobalAveragePool)
  case softmax(Softmax)
  case flatten(Flatten)
  case reshape(Reshape)
  case concat(Concat)
  case slice(Slice)
  case split(Split)
  case expand(Expand)
  case transpose(Transpose)
  case pad(Pad)
  case channelShuffle(ChannelShuffle)
  case resize(Resize)
  case fakeQuantize(FakeQuantize)
}

extension Operation {
  /// What the operation's own file in `Ops/` says of it.
  package var definition: any OperationDefinition {
    switch self {
    case .conv2D(let operation): operation
    case .fullyConnected(let operation): operation
    case .batchNorm(let operation): operation
    case .activation(let operation): operation
    case .add(let operation): operation
    case .multiply(let operation): operation
    case .averagePool(let operation): operation
    case .maxPool(let operation): operation
    case .globalAveragePool(let operation): operation
    case .softmax(let operation): operation
    case .flatten(let operation): operation
    case .reshape(let operation): operation
    case .concat(let operation): operation
    case .slice(let operation): operation
    case .split(let operation): operation
    case .expand(let operation): operation
    case .transpose(let operation): operation
    case .pad(let operation): operation
    case .channelShuffle(let operation): operation
    case .resize(let operation): operation
    case .fakeQuantize(let operation): operation
    }
  }

  /// The operation's name for people, for example `conv2D`.
  public var name: String { definition.name }

  /// What distinguishes it from others of its name, for example `3×3, stride 2`; empty if nothing.
  public var details: String { definition.details }
}
