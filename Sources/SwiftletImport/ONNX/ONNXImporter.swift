import SwiftletGraph
import SwiftletPlatform

/// Turns an ONNX file into a graph.
enum ONNXImporter {
  /// What is read of a model.
  struct Result {
    let graph: Graph
    let notes: [String]
  }

  /// Inputs and outputs of a model.
  private static let mostPorts = 256

  /// Reads a file that was opened.
  ///
  /// - Parameters:
  ///   - file: the model.
  ///   - path: where it lies, for tensors in files beside it.
  ///   - size: of the image, for a model that leaves it open.
  /// - Returns: the graph, with what else the file says.
  /// - Throws: `ONNXProblem`.
  static func read(
    _ file: FileBytes, path: String, size: InputSize?
  ) throws(ONNXProblem) -> Result {
    try graph(of: try ONNXReader.read(file), file, path: path, size: size)
  }

  /// The graph of a model whose description was read from the file before.
  static func graph(
    of model: ONNXModel, _ file: FileBytes, path: String, size: InputSize?
  ) throws(ONNXProblem) -> Result {
    let version = model.operatorSets[FileName("")]
    guard let version, ONNXBuilder.versions.contains(version) else {
      throw .model(
        "operator set \(version.map(String.init) ?? "of no version") is not read; \(ONNXBuilder.versions.lowerBound) "
          + "to \(ONNXBuilder.versions.upperBound) are: export with opset_version=17")
    }
    guard model.graph.outputs.count <= mostPorts else {
      throw .model(
        "the model has \(model.graph.outputs.count) outputs, at most \(mostPorts) are read")
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var builder = ONNXBuilder(model, file, folder: folder)
    let nodes = try needed(model.graph)
    for tensor in model.graph.initializers { builder.define(tensor.name, .tensor(tensor)) }
    let constants = Set(model.graph.initializers.map(\.name))
    var read: Set<FileName> = []
    for node in nodes { read.formUnion(node.allInputs) }
    for info in model.graph.inputs where !constants.contains(info.name) && read.contains(info.name)
    {
      let (shape, isLast) = try ONNXInput.shape(info, size: size, notes: &builder.notes)
      builder.define(info.name, try builder.input(info.name.text, shape, channelsLast: isLast))
    }
    guard builder.graph.inputs.count <= mostPorts else {
      throw .model("the model has more than \(mostPorts) inputs")
    }
    guard !builder.graph.inputs.isEmpty else { throw .model("the model reads no input") }
    try builder.append(nodes)
    var named: Set<FileName> = []
    for info in model.graph.outputs where named.insert(info.name).inserted {
      switch builder.value(named: info.name) {
      case .value(let value): builder.graph.addOutput(info.name.text, value: value)
      case .scores(let value):
        // The best ones' values and places are two outputs of one thing.
        if builder.graph.outputs.contains(where: { $0.value == value }) { continue }
        builder.graph.addOutput(info.name.text, value: value)
      case .array, .tensor, nil:
        throw .model("output \(quoted(info.name.text)) does not depend on the model's input")
      }
    }
    guard !builder.graph.outputs.isEmpty else { throw .model("the model has no output") }
    return Result(graph: builder.graph, notes: builder.notes)
  }

  /// The nodes that outputs depend on, in their order: what exporters leave behind does not matter.
  static func needed(_ graph: ONNXGraph) throws(ONNXProblem) -> [ONNXNode] {
    var makers: [FileName: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.text.isEmpty {
        guard makers.updateValue(index, forKey: output) == nil else {
          throw .model("two nodes compute \(quoted(output.text))")
        }
      }
    }
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    let given = Set(graph.inputs.map(\.name) + graph.initializers.map(\.name))
    for info in graph.outputs where makers[info.name] == nil && !given.contains(info.name) {
      throw .model("nothing computes the output \(quoted(info.name.text))")
    }
    var pending = graph.outputs.compactMap { makers[$0.name] }
    while let index = pending.popLast() {
      if isNeeded[index] { continue }
      isNeeded[index] = true
      pending += graph.nodes[index].allInputs.compactMap { makers[$0] }
    }
    return zip(graph.nodes, isNeeded).filter(\.1).map(\.0)
  }
}

extension ONNXNode {
  /// The names that the node reads, those within its graphs included.
  var allInputs: [FileName] {
    var names = inputs
    for attribute in attributes.values {
      if case .graph(let graph) = attribute {
        names += graph.nodes.flatMap(\.allInputs) + graph.outputs.map(\.name)
      }
    }
    return names
  }
}

/// The shape of an input, with what a file leaves open.
enum ONNXInput {
  static func shape(
    _ info: ONNXValueInfo, size: InputSize?, notes: inout [String]
  ) throws(ONNXProblem) -> (shape: Shape, isLast: Bool) {
    let name = quoted(info.name.text)
    // The numbers that bytes are, or, behind a DequantizeLinear, what they mean.
    guard let type = info.type, type.isFloat || type == .uint8 || type == .int8 else {
      throw .model("input \(name) is not of floats; export the network with float32 inputs")
    }
    guard let stated = info.shape, !stated.isEmpty else {
      throw .model("input \(name) has no shape; export the network with the shape of one image")
    }
    var shape = stated
    var isLast = false
    guard shape[0] ?? 1 == 1 else {
      throw .model(
        "input \(name) has a batch of \(shape[0] ?? 1); export the network for one image, or with an "
          + "open batch")
    }
    shape[0] = 1
    if shape.count == 4 {
      // Channels are few; where both ends could be them, they come first, as ONNX has them.
      func isChannels(_ extent: Int?) -> Bool { extent.map { [1, 3, 4].contains($0) } ?? false }
      isLast = !isChannels(shape[1]) && isChannels(shape[3])
      let (height, width) = isLast ? (1, 2) : (2, 3)
      if let size {
        guard shape[height] ?? size.height == size.height, shape[width] ?? size.width == size.width
        else {
          throw .model(
            "input \(name) has \(text(stated)): its size is fixed, and --input \(size) asks for another; "
              + "leave --input out")
        }
      }
      if shape[height] == nil || shape[width] == nil, size == nil {
        notes.append("input \(name) has no fixed size: 224 pixels a side are taken (--input)")
      }
      shape[height] = shape[height] ?? size?.height ?? 224
      shape[width] = shape[width] ?? size?.width ?? 224
    }
    let known = shape.compactMap { $0 }
    guard known.count == shape.count, known.count <= Shape.maximumRank else {
      throw .model(
        "input \(name) has the shape \(text(stated)); export it with fixed extents but for batch, height "
          + "and width")
    }
    guard known.allSatisfy({ $0 <= 1 << 20 }) else {
      throw .model("input \(name) has the shape \(text(stated)), which is too large")
    }
    return (Shape(known), isLast)
  }

  private static func text(_ shape: [Int?]) -> String {
    shape.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
  }
}
