import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// Convolutions: depthwise, fully connected in disguise (1×1 on a single pixel), or general.
  mutating func lowerConvolution(_ conv: Conv2D, layer: FusedLayer) throws(ConvertError) {
    if conv.isDepthwise {
      try lowerDepthwise(conv, layer: layer)
      return
    }
    let isSinglePixel =
      shape(layer.inputs[0]).area == 1 && conv.window.kernelHeight == 1
      && conv.window.kernelWidth == 1 && shape(layer.output).area == 1
    if isSinglePixel && conv.groups == 1 && layer.skip == nil {
      let linear = FullyConnected(
        inputCount: conv.inputChannels, outputCount: conv.outputChannels, weights: conv.weights,
        bias: conv.bias)
      try lowerFullyConnected(linear, layer: layer)
      return
    }
    let window = SwiftletRuntime.Window(conv.window)
    let epilogue = try LinearEpilogue(layer, lowering: self)
    let weights = writer.reserveWeights(
      .convolution(
        window, inputs: conv.inputChannels, outputs: conv.outputChannels, groups: conv.groups))
    let channels = try epilogue.quantize(
      weights: conv.weights, bias: conv.bias, into: weights, of: &writer)
    writer.add(
      Conv2DParameters(window: window, epilogue: epilogue.epilogue, weights: weights),
      channels: channels, name: layer.name, inputs: operands(layer), output: tensor(layer.output))
  }
}
