import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// Fully connected over the input's elements in NHWC order.
  mutating func lowerFullyConnected(
    _ linear: FullyConnected, layer: FusedLayer
  ) throws(ConvertError) {
    var record = OperationRecord(kind: .fullyConnected)
    let epilogue = try LinearEpilogue(layer, lowering: self, record: &record)
    let channels = try epilogue.quantize(weights: linear.weights, bias: linear.bias)
    var blocks = ChannelBlocks()
    blocks.append(channels) { epilogue.output($0) }
    record.weightsOffset = sections.addWeights(
      Packing.convolution(channels.map(\.weights), taps: 1, inputs: linear.inputCount))
    record.parametersOffset = sections.addParameters(blocks.bytes)
    emit(record, layer: layer)
  }
}
