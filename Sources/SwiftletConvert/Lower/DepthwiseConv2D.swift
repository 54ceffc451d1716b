import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// Depthwise convolution: one input channel per output channel.
  mutating func lowerDepthwise(_ conv: Conv2D, layer: FusedLayer) throws(ConvertError) {
    let window = SwiftletRuntime.Window(conv.window)
    let epilogue = try LinearEpilogue(layer, lowering: self)
    let weights = writer.reserveWeights(.depthwise(window, channels: conv.outputChannels))
    let channels = try epilogue.quantize(
      weights: conv.weights, bias: conv.bias, into: weights, of: &writer)
    writer.add(
      DepthwiseConv2DParameters(window: window, epilogue: epilogue.epilogue, weights: weights),
      channels: channels, name: layer.name, inputs: operands(layer), output: tensor(layer.output))
  }
}
