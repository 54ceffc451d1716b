import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// The channels of several tensors side by side: a piece of a copy for each. Inputs whose
  /// quantization is not the output's go through a table each.
  mutating func lowerConcat(_ layer: FusedLayer) {
    let result = quantization[layer.output]
    let output = shape(layer.output)
    var pieces: [CopyPiece] = []
    var tables: [LookupTable] = []
    var start = 0
    for (index, value) in layer.inputs.enumerated() {
      let input = quantization[value]
      var table: Int?
      if input != result {
        table = tables.count
        tables.append(LookupTable { result.quantize(input.dequantize($0)) })
      }
      let channels = shape(value).channels
      pieces.append(
        CopyPiece(
          operand: index, sizes: [output.area, channels], sourceStrides: [channels, 1],
          destinationStart: start, destinationStrides: [output.channels, 1], table: table))
      start += channels
    }
    writer.addCopy(
      pieces: pieces, tables: tables, name: layer.name, inputs: operands(layer),
      output: tensor(layer.output))
  }
}
