import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// Inputs whose quantization is not the output's go through a table each.
  mutating func lowerConcat(_ layer: FusedLayer) {
    let result = quantization[layer.output]
    var record = OperationRecord(kind: .concat)
    var tables: [UInt8] = []
    for (index, value) in layer.inputs.enumerated() where quantization[value] != result {
      let input = quantization[value]
      record.flags |= 1 << UInt32(index)
      for level in -128...127 {
        let real = input.dequantize(Int8(level))
        tables.append(UInt8(bitPattern: result.quantize(real)))
      }
    }
    record.parametersOffset = tables.isEmpty ? 0 : sections.addParameters(tables)
    emit(record, layer: layer)
  }
}
