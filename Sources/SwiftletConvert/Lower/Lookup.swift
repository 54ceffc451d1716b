import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

extension Lowering {
  /// An activation by itself: a table from each int8 level to the nearest level of the result.
  mutating func lowerLookup(_ activation: Activation, layer: FusedLayer) {
    let input = quantization[layer.inputs[0]]
    let result = quantization[layer.output]
    let table = LookupTable { result.quantize(activation.exact(input.dequantize($0))) }
    writer.add(
      LookupParameters(), table: table, name: layer.name, inputs: operands(layer),
      output: tensor(layer.output))
  }
}

extension Activation {
  /// The function in double precision.
  func exact(_ x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .hardSigmoid: min(max(x + 3, 0), 6) / 6
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .sigmoid: 1 / (1 + exp(-x))
    case .silu: x / (1 + exp(-x))
    }
  }
}
