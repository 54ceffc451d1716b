import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// The squeeze-and-excite multiply of a tensor x by a gate: s_x / (255 · s_y) = m · 2⁻¹⁶ · 2^−F.
extension Multiply: OperationLowering {
  /// The quotients of the input's scale and the output's that can be expressed.
  ///
  /// m · 2^−F = s_x / s_y · 2¹⁶ / 255 with m from 2¹⁴ to 2¹⁵ and F from 2 to 7 is from 2⁷ to 2¹³, so
  /// the quotient is from 0.499 to 31.8.
  private static let ratios = 0.5...31

  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    guard let operands = Self.operands(node, graph) else {
      throw .unsupported(
        layer: node.name, operation: "a multiplication of two activations",
        advice: "one operand must be the output of h-sigmoid or sigmoid")
    }
    let image = graph.shape(of: operands.input).image
    let gate = graph.shape(of: operands.gate).image
    guard gate == image || (gate.area == 1 && gate.channels == image.channels) else {
      throw .unsupported(
        layer: node.name, operation: "a multiplication of \(image) by a gate of \(gate)",
        advice: "a gate must have one value for each channel, or the other operand's shape")
    }
  }

  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    guard let operands = Self.operands(context.node, context.graph),
      let place = context.node.inputs.firstIndex(of: operands.input)
    else { return wanted }
    let input = Double(context.inputs[place].uniform.scale)
    let record = wanted.widened { _ in input / Self.ratios.upperBound }[0]
    let coarsest = input / Self.ratios.lowerBound
    return ActivationScales(
      Double(record.scale) > coarsest
        ? QuantizationRecord(scale: Float(coarsest), zeroPoint: record.zeroPoint) : record)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    guard let operands = Self.operands(node, builder.graph) else { return }
    let input = builder.quantization[operands.input]
    let result = builder.quantization[node.output]
    let factor = Double(input.scale) / (255 * Double(result.scale)) * exp2(16)
    let fixed = FixedPoint(factor)
    guard (2...7).contains(fixed.exponent) else {
      throw .outOfRange(
        layer: node.name,
        what: "the multiplication needs an output shift of 2…7, found \(fixed.exponent)")
    }
    builder.writer.add(
      MultiplyParameters(multiplier: fixed.multiplier, outputShift: fixed.exponent),
      name: node.name, inputs: [builder.tensor(operands.input), builder.tensor(operands.gate)],
      output: builder.tensor(node.output))
  }

  /// Which operand is the gate: the last one whose range is a gate's; nil when none is.
  private static func operands(
    _ node: Node, _ graph: Graph
  ) -> (input: ValueID, gate: ValueID)? {
    guard let gate = node.inputs.lastIndex(where: { graph.isGate($0) }) else { return nil }
    return (node.inputs[1 - gate], node.inputs[gate])
  }
}

extension Graph {
  /// Whether a value's levels are a gate's.
  fileprivate func isGate(_ value: ValueID) -> Bool {
    guard let node = nodes.first(where: { $0.outputs.contains(value) }) else { return false }
    switch node.resultRange {
    case .calibrated: return false
    case .gate: return true
    case .ofInput: return isGate(node.inputs[0])
    }
  }
}
