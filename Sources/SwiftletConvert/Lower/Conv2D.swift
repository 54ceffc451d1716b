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
    var record = OperationRecord(kind: .conv2D)
    record.setConvolutionWindow(conv.window)
    record.groups = UInt32(conv.groups)
    let epilogue = try LinearEpilogue(layer, lowering: self, record: &record)
    let channels = try epilogue.quantize(weights: conv.weights, bias: conv.bias)

    let perGroup = conv.outputChannels / conv.groups
    var packed: [Int8] = []
    var blocks = ChannelBlocks()
    for group in 0..<conv.groups {
      let members = Array(channels[group * perGroup..<(group + 1) * perGroup])
      packed += Packing.convolution(
        members.map(\.weights), taps: conv.window.kernelHeight * conv.window.kernelWidth,
        inputs: conv.inputChannels / conv.groups)
      blocks.append(members) { epilogue.output(group * perGroup + $0) }
    }
    record.weightsOffset = sections.addWeights(packed)
    record.parametersOffset = sections.addParameters(blocks.bytes)
    emit(record, layer: layer)
  }
}
