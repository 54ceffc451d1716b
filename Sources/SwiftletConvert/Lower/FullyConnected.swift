import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// Fully connected over the input's elements in NHWC order.
  mutating func lowerFullyConnected(
    _ linear: FullyConnected, layer: FusedLayer
  ) throws(ConvertError) {
    let epilogue = try LinearEpilogue(layer, lowering: self)
    let weights = writer.reserveWeights(
      .fullyConnected(inputs: linear.inputCount, outputs: linear.outputCount))
    let channels = try epilogue.quantize(
      weights: linear.weights, bias: linear.bias, into: weights, of: &writer)
    writer.add(
      FullyConnectedParameters(epilogue: epilogue.epilogue, weights: weights),
      channels: channels, name: layer.name, inputs: operands(layer), output: tensor(layer.output))
  }
}
