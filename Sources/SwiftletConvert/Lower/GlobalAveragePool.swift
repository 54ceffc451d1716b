import SwiftletGraph
import SwiftletRuntime

/// The mean over all pixels.
extension GlobalAveragePool: OperationLowering {
  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    // The number of values is known, but ranges that were chosen have not needed it.
    let count = context.isFixed ? context.graph.shape(of: context.node.inputs[0]).image.area : 1
    return Pooling.scales(wanted, context, count: count)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let count = builder.image(node.inputs[0]).area
    builder.writer.add(
      GlobalAveragePoolParameters(), entry: try Pooling.entry(count: count, node, builder),
      name: node.name, inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}
