import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// The product of two tensors. The squeeze-and-excite multiply of a tensor x by a gate has an operation
/// of its own: s_x / (255 · s_y) = m · 2⁻¹⁶ · 2^−F.
extension Multiply: OperationLowering {
  /// The quotients of the input's scale and the output's that a multiply by a gate can express.
  ///
  /// m · 2^−F = s_x / s_y · 2¹⁶ / 255 with m from 2¹⁴ to 2¹⁵ and F from 2 to 7 is from 2⁷ to 2¹³, so
  /// the quotient is from 0.499 to 31.8.
  private static let ratios = 0.5...31
  /// The greatest quotient of a product's unit s_a · s_b and the output's scale, as
  /// `LinearScales.largestFactor` says of a sum's.
  private static let largestFactor = LinearScales.largestFactor

  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    let images = node.inputs.map { graph.shape(of: $0).image }
    guard Self.order(node, graph) != nil else {
      throw .unsupported(
        layer: node.name, operation: "a multiplication of \(images[0]) by \(images[1])",
        advice:
          "one factor must have the result's shape, the other one value for each of its elements, "
          + "channels or pixels")
    }
  }

  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    let (node, graph) = (context.node, context.graph)
    let records = context.inputs.map(\.uniform)
    if let gated = Self.gated(node, graph, records), !context.isFixed {
      let input = Double(records[gated.input].scale)
      let record = wanted.widened { _ in input / Self.ratios.upperBound }[0]
      let coarsest = input / Self.ratios.lowerBound
      return ActivationScales(
        Double(record.scale) > coarsest
          ? QuantizationRecord(scale: Float(coarsest), zeroPoint: record.zeroPoint) : record)
    }
    let unit = records.reduce(1) { $0 * Double($1.scale) }
    return wanted.widened { _ in unit / Self.largestFactor }
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let records = node.inputs.map { builder.quantization[$0] }
    let result = builder.quantization[node.output]
    if let gated = Self.gated(node, builder.graph, records), node.tail == nil {
      let factor = Double(records[gated.input].scale) / (255 * Double(result.scale)) * exp2(16)
      let fixed = FixedPoint(factor)
      if (2...7).contains(fixed.exponent) {
        builder.writer.add(
          MultiplyParameters(multiplier: fixed.multiplier, outputShift: fixed.exponent),
          name: node.name,
          inputs: [gated.input, gated.gate].map { builder.tensor(node.inputs[$0]) },
          output: builder.tensor(node.output))
        return
      }
    }
    try lowerProduct(node, records, result, into: &builder)
  }

  private func lowerProduct(
    _ node: Node, _ records: [QuantizationRecord], _ result: QuantizationRecord,
    into builder: inout BundleBuilder
  ) throws(ConvertError) {
    guard let order = Self.order(node, builder.graph) else { return }
    let factor = records.reduce(1) { $0 * Double($1.scale) } / Double(result.scale)
    guard let requantizer = Requantizer(factor: factor) else {
      throw .outOfRange(
        layer: node.name, what: "the product's factor \(factor) of scales is out of range")
    }
    let bias = requantizer.bias(zeroPoint: result.zeroPoint)
    guard abs(bias) < ChannelQuantizer.accumulatorLimit else {
      throw .outOfRange(layer: node.name, what: "the product's zero point overflows")
    }
    builder.writer.add(
      ProductParameters(
        bias: bias, multiplier: requantizer.multiplier, shift: requantizer.shift,
        clamp: result.levels(node.tail?.activation?.clamp)),
      name: node.name, inputs: order.map { builder.tensor(node.inputs[$0]) },
      output: builder.tensor(node.output))
  }

  /// The places of the factors: first the one of the result's shape, then the one that may have one value
  /// a channel or a pixel; nil where there are no such.
  private static func order(_ node: Node, _ graph: Graph) -> [Int]? {
    let result = graph.shape(of: node.output).image
    return [[0, 1], [1, 0]].first { order in
      let images = order.map { graph.shape(of: node.inputs[$0]).image }
      return images[0] == result && images[1].isFactor(of: result)
    }
  }

  /// The places of a tensor and of the gate that multiplies it, one value a channel or of its shape; nil
  /// where no factor has a gate's levels.
  private static func gated(
    _ node: Node, _ graph: Graph, _ records: [QuantizationRecord]
  ) -> (input: Int, gate: Int)? {
    let images = node.inputs.map { graph.shape(of: $0).image }
    guard let gate = records.lastIndex(of: ActivationQuantizer.gate) else { return nil }
    let (value, factor) = (images[1 - gate], images[gate])
    let fits = factor == value || (factor.area == 1 && factor.channels == value.channels)
    return fits ? (1 - gate, gate) : nil
  }
}
