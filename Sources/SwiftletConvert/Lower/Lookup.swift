import SwiftletGraph
import SwiftletRuntime

/// An activation by itself: a table from each int8 level to the nearest level of the result.
extension Activation: OperationLowering {
  var resultRange: ResultRange { isGate ? .gate : .calibrated }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let input = builder.quantization[node.inputs[0]]
    let result = builder.quantization[node.output]
    builder.writer.add(
      LookupParameters(),
      table: LookupTable { result.quantize(exact(input.dequantize($0))) }, name: node.name,
      inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}
