import SwiftletGraph
import SwiftletRuntime

/// A rounding to other scales than its input has: a table from level to level. Most are none, see
/// `FixedScales`.
extension FakeQuantize: OperationLowering {
  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let input = builder.quantization[node.inputs[0]]
    let result = builder.quantization[node.output]
    // Halves go to the even level, as in the float network.
    let table = LookupTable { level in
      let real = Float(input.scale) * Float(Int32(level) - input.zeroPoint)
      let nearest = (real / result.scale).rounded(.toNearestOrEven) + Float(result.zeroPoint)
      return Int8(min(max(nearest, -128), 127))
    }
    builder.writer.add(
      LookupParameters(), table: table,
      name: node.name, inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}

extension QuantizationRecord {
  /// The scale and zero point of a rounding.
  init(_ rounding: FakeQuantize) {
    self.init(scale: rounding.scale, zeroPoint: Int32(rounding.zeroPoint))
  }
}
