import SwiftletGraph
import SwiftletRuntime

/// The maximum keeps its input's scale and zero point.
extension MaxPool: OperationLowering {
  var resultRange: ResultRange { .ofInput }

  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    try Pooling.checkUndilated(window, node)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    builder.writer.add(
      MaxPoolParameters(window: SwiftletRuntime.Window(window)), name: node.name,
      inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}
