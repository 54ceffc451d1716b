import SwiftletGraph
import SwiftletRuntime

/// Convolutions: depthwise, fully connected in disguise (1×1 on a single pixel), or general.
extension Conv2D: OperationLowering {
  var givesChannelScales: Bool { true }

  /// A depthwise convolution never adds channels up.
  var takesChannelScales: Bool { isDepthwise }

  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    LinearScales.scales(wanted, context)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    guard let linear else { return }
    if isDepthwise {
      try lowerDepthwise(node, linear, into: &builder)
    } else if isFullyConnected(node, builder) {
      try builder.addFullyConnected(node, linear)
    } else {
      let window = SwiftletRuntime.Window(window)
      let epilogue = try LinearEpilogue(node, builder.graph, builder.quantization)
      let (weights, channels) = try builder.addChannels(
        of: node, linear, epilogue,
        .convolution(window, inputs: inputChannels, outputs: outputChannels, groups: groups))
      builder.writer.add(
        Conv2DParameters(window: window, epilogue: epilogue.epilogue, weights: weights),
        channels: channels, curve: epilogue.curve, name: node.name,
        inputs: builder.inputs(of: node),
        output: builder.tensor(node.output))
    }
  }

  private func isFullyConnected(_ node: Node, _ builder: BundleBuilder) -> Bool {
    groups == 1 && node.tail?.residual == nil && window.kernelHeight == 1
      && window.kernelWidth == 1 && builder.image(node.inputs[0]).area == 1
      && builder.image(node.output).area == 1
  }
}

extension SwiftletRuntime.Window {
  /// A window of the float graph as the bundle says it.
  init(_ window: SwiftletGraph.Window) {
    self.init(
      kernelHeight: window.kernelHeight, kernelWidth: window.kernelWidth,
      strideHeight: window.strideHeight, strideWidth: window.strideWidth,
      dilationHeight: window.dilationHeight, dilationWidth: window.dilationWidth,
      padTop: window.padding.top, padLeft: window.padding.left,
      padBottom: window.padding.bottom, padRight: window.padding.right)
  }
}
