import SwiftletGraph

extension SwiftletGraph.Operation {
  /// What the operation's own file in `Lower/` says of it.
  var lowering: any OperationLowering {
    switch self {
    case .conv2D(let operation): operation
    case .fullyConnected(let operation): operation
    case .activation(let operation): operation
    case .add(let operation): operation
    case .multiply(let operation): operation
    case .averagePool(let operation): operation
    case .maxPool(let operation): operation
    case .globalAveragePool(let operation): operation
    case .resize(let operation): operation
    case .fakeQuantize(let operation): operation
    case .concat(let operation): CopyLowering(operation, .calibrated)
    // Zero is a level of every scale.
    case .pad(let operation): CopyLowering(operation, operation.value == 0 ? .ofInput : .calibrated)
    case .reshape(let operation): CopyLowering(operation, .ofInput)
    case .slice(let operation): CopyLowering(operation, .ofInput)
    case .split(let operation): CopyLowering(operation, .ofInput)
    case .expand(let operation): CopyLowering(operation, .ofInput)
    case .transpose(let operation): CopyLowering(operation, .ofInput)
    case .channelShuffle(let operation): CopyLowering(operation, .ofInput)
    case .batchNorm(let operation): NoLowering(operation)
    case .softmax(let operation): NoLowering(operation)
    case .flatten(let operation): NoLowering(operation)
    }
  }
}

/// Of an operation that the passes `Pass.integer` leave none of.
private struct NoLowering: OperationLowering {
  private let name: String

  init(_ operation: any OperationDefinition) {
    name = operation.name
  }

  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    throw refusal(node)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    throw refusal(node)
  }

  private func refusal(_ node: Node) -> ConvertError {
    .unsupported(
      layer: node.name, operation: name, advice: "the passes before lowering should have removed it"
    )
  }
}
