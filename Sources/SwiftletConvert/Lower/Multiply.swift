import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

extension Lowering {
  /// The squeeze-and-excite multiply: s_x / (255 · s_y) = m · 2⁻¹⁶ · 2^−F.
  mutating func lowerMultiply(_ layer: FusedLayer) throws(ConvertError) {
    let input = quantization[layer.inputs[0]]
    let result = quantization[layer.output]
    let factor = Double(input.scale) / (255 * Double(result.scale)) * exp2(16)
    let fixed = FixedPoint(factor)
    guard (2...7).contains(fixed.exponent) else {
      throw .outOfRange(
        layer: layer.name,
        what: "the multiplication needs an output shift of 2…7, found \(fixed.exponent)")
    }
    writer.add(
      MultiplyParameters(multiplier: fixed.multiplier, outputShift: fixed.exponent),
      name: layer.name, inputs: operands(layer), output: tensor(layer.output))
  }
}
