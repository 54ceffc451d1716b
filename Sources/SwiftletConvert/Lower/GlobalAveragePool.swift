import SwiftletGraph
import SwiftletRuntime

/// The mean over all pixels.
extension GlobalAveragePool: OperationLowering {
  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    Pooling.scales(wanted, context)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let count = builder.image(node.inputs[0]).area
    builder.writer.add(
      GlobalAveragePoolParameters(), entry: try Pooling.entry(count: count, node, builder),
      name: node.name, inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}
