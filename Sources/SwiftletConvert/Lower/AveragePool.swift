import SwiftletGraph
import SwiftletRuntime

/// One mean entry per number of taps that a window can have inside the input.
extension AveragePool: OperationLowering {
  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    try Pooling.checkUndilated(window, node)
  }

  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales {
    Pooling.scales(wanted, context)
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    var entries: [MeanEntry] = []
    for count in 1...window.kernelHeight * window.kernelWidth {
      entries.append(try Pooling.entry(count: count, node, builder))
    }
    builder.writer.add(
      AveragePoolParameters(
        window: SwiftletRuntime.Window(window), countsPadding: countsPadding),
      entries: entries, name: node.name, inputs: builder.inputs(of: node),
      output: builder.tensor(node.output))
  }
}
