import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// Depthwise convolution: one input channel per output channel.
  mutating func lowerDepthwise(_ conv: Conv2D, layer: FusedLayer) throws(ConvertError) {
    var record = OperationRecord(kind: .depthwiseConv2D)
    record.setConvolutionWindow(conv.window)
    let epilogue = try LinearEpilogue(layer, lowering: self, record: &record)
    let channels = try epilogue.quantize(weights: conv.weights, bias: conv.bias)
    var blocks = ChannelBlocks()
    blocks.append(channels) { epilogue.output($0) }
    record.weightsOffset = sections.addWeights(
      Packing.depthwise(
        channels.map(\.weights), kernelHeight: conv.window.kernelHeight,
        kernelWidth: conv.window.kernelWidth))
    record.parametersOffset = sections.addParameters(blocks.bytes)
    emit(record, layer: layer)
  }
}
