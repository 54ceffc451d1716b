import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// y = clamp((qa·ma + qb·mb + k) >> t): 15-bit multipliers, t as large as they allow, at most 20.
extension Add: OperationLowering {
  /// The greatest quotient of an operand's scale and the output's.
  ///
  /// m = s / s_y · 2^t must be below 2¹⁵ with t ≥ 0; half of that leaves room for t = 1 and rounding.
  private static let largestRatio = 16000.0

  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    let images = node.inputs.map { graph.shape(of: $0).image }
    guard images[0] == images[1] else {
      throw .unsupported(
        layer: node.name, operation: "an addition of \(images[0]) and \(images[1])",
        advice: "both operands must have the same shape")
    }
  }

  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    let largest = context.inputs.map { Double($0.uniform.scale) }.max() ?? 0
    return wanted.widened { _ in largest / Self.largestRatio }
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let a = builder.quantization[node.inputs[0]]
    let b = builder.quantization[node.inputs[1]]
    let result = builder.quantization[node.output]
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
        layer: node.name,
        what: "an operand's scale is \(max(ratioA, ratioB)) times the output's; at most 32767 fits")
    }
    let zeroPoints =
      Double(result.zeroPoint) * unit - Double(a.zeroPoint) * multiplierA
      - Double(b.zeroPoint) * multiplierB
    builder.writer.add(
      AddParameters(
        multiplierA: Int(multiplierA), multiplierB: Int(multiplierB),
        addend: Int(zeroPoints) + (shift > 0 ? 1 << (shift - 1) : 0), shift: shift,
        clamp: result.levels(node.tail?.activation?.clamp)),
      name: node.name, inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}
