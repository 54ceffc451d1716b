import SwiftletGraph
import SwiftletRuntime

extension Conv2D {
  /// A depthwise convolution: one input channel per output channel.
  func lowerDepthwise(
    _ node: Node, _ linear: LinearWeights, into builder: inout BundleBuilder
  ) throws(ConvertError) {
    let window = SwiftletRuntime.Window(window)
    let epilogue = try LinearEpilogue(node, builder.graph, builder.quantization)
    let (weights, channels) = try builder.addChannels(
      of: node, linear, epilogue, .depthwise(window, channels: outputChannels))
    builder.writer.add(
      DepthwiseConv2DParameters(window: window, epilogue: epilogue.epilogue, weights: weights),
      channels: channels, curve: epilogue.curve, name: node.name, inputs: builder.inputs(of: node),
      output: builder.tensor(node.output))
  }
}
