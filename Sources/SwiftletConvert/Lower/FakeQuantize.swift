import SwiftletGraph
import SwiftletRuntime

/// A rounding to other scales than its input has: a table from level to level. Most are none, see
/// `FixedScales`.
extension FakeQuantize: OperationLowering {
  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let input = builder.quantization[node.inputs[0]]
    let result = builder.quantization[node.output]
    builder.writer.add(
      LookupParameters(), table: LookupTable { result.quantize(input.dequantize($0)) },
      name: node.name, inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}

extension QuantizationRecord {
  /// The scale and zero point of a rounding.
  init(_ rounding: FakeQuantize) {
    self.init(scale: rounding.scale, zeroPoint: Int32(rounding.zeroPoint))
  }
}
