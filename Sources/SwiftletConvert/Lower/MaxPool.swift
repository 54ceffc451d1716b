import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// The maximum keeps its input's scale and zero point.
  mutating func lowerMaxPool(_ pool: MaxPool, layer: FusedLayer) throws(ConvertError) {
    try checkUndilated(pool.window, layer: layer)
    writer.add(
      MaxPoolParameters(window: SwiftletRuntime.Window(pool.window)), name: layer.name,
      inputs: operands(layer), output: tensor(layer.output))
  }
}
