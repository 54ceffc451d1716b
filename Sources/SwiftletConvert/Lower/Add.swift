import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

extension Lowering {
  /// y = clamp((qa·ma + qb·mb + k) >> t): 15-bit multipliers, t as large as they allow, at most 20.
  mutating func lowerAdd(_ layer: FusedLayer) throws(ConvertError) {
    let a = quantization[layer.inputs[0]]
    let b = quantization[layer.inputs[1]]
    let result = quantization[layer.output]
    let ratioA = Double(a.scale) / Double(result.scale)
    let ratioB = Double(b.scale) / Double(result.scale)
    var shift = 20
    while shift > 0 && (max(ratioA, ratioB) * exp2(Double(shift))).rounded() >= exp2(15) {
      shift -= 1
    }
    let unit = exp2(Double(shift))
    let multiplierA = (ratioA * unit).rounded(.toNearestOrAwayFromZero)
    let multiplierB = (ratioB * unit).rounded(.toNearestOrAwayFromZero)
    guard max(multiplierA, multiplierB) < exp2(15) else {
      throw .outOfRange(
        layer: layer.name,
        what: "an operand's scale is \(max(ratioA, ratioB)) times the output's; at most 32767 fits")
    }
    let bounds = result.clamp(layer.activation)
    let zeroPoints =
      Double(result.zeroPoint) * unit - Double(a.zeroPoint) * multiplierA
      - Double(b.zeroPoint) * multiplierB
    writer.add(
      AddParameters(
        multiplierA: Int(multiplierA), multiplierB: Int(multiplierB),
        addend: Int(zeroPoints) + (shift > 0 ? 1 << (shift - 1) : 0), shift: shift,
        clamp: OutputClamp(lo: bounds.lo, hi: bounds.hi)),
      name: layer.name, inputs: operands(layer), output: tensor(layer.output))
  }
}
