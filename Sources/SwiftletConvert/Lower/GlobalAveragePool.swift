import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// The mean over all pixels.
  mutating func lowerGlobalAveragePool(_ layer: FusedLayer) throws(ConvertError) {
    let value = layer.inputs[0]
    let entry = try MeanEntry.make(
      count: shape(value).area, input: quantization[value], output: quantization[layer.output],
      layer: layer.name)
    writer.add(
      GlobalAveragePoolParameters(), entry: entry, name: layer.name, inputs: operands(layer),
      output: tensor(layer.output))
  }
}
