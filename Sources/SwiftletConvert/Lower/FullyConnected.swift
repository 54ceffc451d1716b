import SwiftletGraph
import SwiftletRuntime

/// A fully connected layer over the input's elements in their order in memory.
extension FullyConnected: OperationLowering {
  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    LinearScales.scales(wanted, context)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    guard let linear else { return }
    try builder.addFullyConnected(node, linear)
  }
}

extension BundleBuilder {
  /// Adds a linear node whose every output channel sees all of the input's elements.
  mutating func addFullyConnected(
    _ node: Node, _ linear: LinearWeights
  ) throws(ConvertError) {
    let epilogue = try LinearEpilogue(node, graph, quantization)
    let (weights, channels) = try addChannels(
      of: node, linear, epilogue,
      .fullyConnected(inputs: linear.weightsPerChannel, outputs: linear.outputChannels))
    writer.add(
      FullyConnectedParameters(epilogue: epilogue.epilogue, weights: weights),
      channels: channels, curve: epilogue.curve, name: node.name, inputs: inputs(of: node),
      output: tensor(node.output))
  }
}
