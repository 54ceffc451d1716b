import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// The mean over all pixels.
  mutating func lowerGlobalAveragePool(_ layer: FusedLayer) throws(ConvertError) {
    let value = layer.inputs[0]
    let entry = try MeanEntry(
      count: shape(value).area, input: quantization[value], output: quantization[layer.output],
      layer: layer.name)
    var record = OperationRecord(kind: .globalAveragePool)
    record.parametersOffset = sections.addParameters(entry.bytes)
    record.lo = -128
    record.hi = 127
    emit(record, layer: layer)
  }
}
