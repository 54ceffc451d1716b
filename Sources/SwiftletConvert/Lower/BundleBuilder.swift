import SwiftletGraph
import SwiftletRuntime

/// Puts a bundle together, a node after the other.
struct BundleBuilder {
  /// The network after the passes `Pass.integer`.
  let graph: Graph
  /// The scales of all tensors.
  let quantization: TensorQuantization
  /// What is put together.
  var writer = BundleWriter()
  private var tensors: [ValueID: TensorID] = [:]
  private var usedNames: Set<String> = []

  /// The bundle of a whole network, which lacks what is no part of the graph.
  ///
  /// - Throws: `ConvertError.outOfRange` when a layer's numbers do not fit the format.
  static func build(
    _ graph: Graph, quantization: TensorQuantization
  ) throws(ConvertError) -> BundleWriter {
    var builder = BundleBuilder(graph: graph, quantization: quantization)
    for port in graph.inputs { builder.addTensor(port.value, name: port.name) }
    for node in graph.nodes {
      for (index, output) in node.outputs.enumerated() {
        builder.addTensor(output, name: node.name(ofResult: index))
      }
      try node.operation.lowering.lower(node, into: &builder)
    }
    for port in graph.inputs {
      builder.writer.addInput(port.name, tensor: builder.tensor(port.value))
    }
    for port in graph.outputs {
      builder.writer.addOutput(port.name, tensor: builder.tensor(port.value))
    }
    return builder.writer
  }

  private init(graph: Graph, quantization: TensorQuantization) {
    self.graph = graph
    self.quantization = quantization
  }

  private mutating func addTensor(_ value: ValueID, name: String) {
    let image = graph.shape(of: value).image
    var unique = name
    var suffix = 2
    while !usedNames.insert(unique).inserted {
      unique = "\(name)#\(suffix)"
      suffix += 1
    }
    tensors[value] = writer.addTensor(
      unique, source: name, height: image.height, width: image.width, channels: image.channels,
      quantization: quantization.shownRecords(value))
  }

  /// The tensor that holds a stored value.
  func tensor(_ value: ValueID) -> TensorID {
    guard let tensor = tensors[value] else {
      preconditionFailure("value \(value.index) has no tensor yet")
    }
    return tensor
  }

  /// The tensors that a node reads: its inputs that are no constants, a residual last.
  func inputs(of node: Node) -> [TensorID] {
    graph.activations(of: node).map { tensor($0) }
  }

  /// A stored value as the image that its tensor is.
  func image(_ value: ValueID) -> ImageShape { graph.shape(of: value).image }
}
