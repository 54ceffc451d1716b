import SwiftletGraph

/// Turns the float graph into fused layers: batch-norm folded, activations and residual additions
/// joined to what computes their input, flatten and a final softmax removed.
struct Fuser {
  private let graph: Graph
  /// For each value, the indices of the nodes that read it.
  private var readers: [[Int]]
  private var isOutput: [Bool]
  /// Values that are another value under a second name (flatten).
  private var alias: [ValueID: ValueID] = [:]
  private var isFused: [Bool]
  /// Layers with the index of their last source node, which orders them.
  private var placed: [(last: Int, layer: FusedLayer)] = []
  private var notes: [String] = []

  /// - Throws: `ConvertError` for operations that have no integer form.
  static func fuse(_ graph: Graph) throws(ConvertError) -> FusedNetwork {
    var fuser = Fuser(graph)
    for index in graph.nodes.indices where !fuser.isFused[index] {
      try fuser.visit(index)
    }
    guard !fuser.placed.isEmpty, !graph.outputs.isEmpty else { throw .emptyNetwork }
    let layers = fuser.placed.sorted { $0.last < $1.last }.map(\.layer)
    let outputs = graph.outputs.map { (name: $0.name, value: fuser.resolve($0.value)) }
    return FusedNetwork(graph: graph, layers: layers, outputs: outputs, notes: fuser.notes)
  }

  private init(_ graph: Graph) {
    self.graph = graph
    readers = [[Int]](repeating: [], count: graph.valueCount)
    isOutput = [Bool](repeating: false, count: graph.valueCount)
    isFused = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { readers[input.index].append(index) }
    }
    for port in graph.outputs { isOutput[port.value.index] = true }
  }

  private func resolve(_ value: ValueID) -> ValueID {
    alias[value].map { resolve($0) } ?? value
  }

  /// The node that alone reads `value`, unless `value` is also an output.
  private func soleReader(of value: ValueID) -> Int? {
    let list = readers[value.index]
    return list.count == 1 && !isOutput[value.index] && !isFused[list[0]] ? list[0] : nil
  }

  private mutating func visit(_ index: Int) throws(ConvertError) {
    let node = graph.nodes[index]
    switch node.operation {
    case .conv2D(let conv): try placeLinear(.convolution(conv), at: index)
    case .fullyConnected(let linear): try placeLinear(.fullyConnected(linear), at: index)
    case .batchNorm(let norm):
      let conv = try BatchNormFolding.standalone(norm, layer: node.name)
      try placeLinear(.convolution(conv), at: index)
    case .activation(let activation): place(.lookup(activation), at: index)
    case .add: placeWithClamp(.add, at: index)
    case .multiply: try placeMultiply(at: index)
    case .averagePool(let pool): place(.averagePool(pool), at: index)
    case .maxPool(let pool): place(.maxPool(pool), at: index)
    case .globalAveragePool: place(.globalAveragePool, at: index)
    case .concat: place(.concat, at: index)
    case .flatten: try removeFlatten(at: index)
    case .softmax: try removeSoftmax(at: index)
    }
  }

  /// A multiplication by a gate (h-sigmoid or sigmoid); the gate becomes the second input.
  private mutating func placeMultiply(at index: Int) throws(ConvertError) {
    isFused[index] = true
    var layer = layer(.multiply, at: index)
    guard let gate = layer.inputs.lastIndex(where: { isGate($0) }) else {
      throw .unsupported(
        layer: layer.name, operation: "a multiplication of two activations",
        advice: "one operand must be the output of h-sigmoid or sigmoid")
    }
    layer.inputs = [layer.inputs[1 - gate], layer.inputs[gate]]
    placed.append((index, layer))
  }

  private func isGate(_ value: ValueID) -> Bool {
    guard let node = graph.nodes.first(where: { $0.output == value }),
      case .activation(let activation) = node.operation
    else { return false }
    return activation == .hardSigmoid || activation == .sigmoid
  }

  /// A tensor's bytes are its flattened vector already. Layers other than fully connected ones
  /// would see pixels where the float graph has none.
  private mutating func removeFlatten(at index: Int) throws(ConvertError) {
    let node = graph.nodes[index]
    alias[node.output] = node.inputs[0]
    guard graph.shape(of: node.inputs[0]).area > 1 else { return }
    for reader in readers[node.output.index] {
      switch graph.nodes[reader].operation {
      case .fullyConnected, .flatten, .softmax: continue
      case .conv2D, .batchNorm, .activation, .add, .multiply, .averagePool, .maxPool,
        .globalAveragePool, .concat:
        throw .unsupported(
          layer: graph.nodes[reader].name, operation: "a flattened image",
          advice: "only a fully connected layer may read the result of flatten \(node.name)")
      }
    }
  }

  /// Softmax is presentation: the bundle ends with the logits.
  private mutating func removeSoftmax(at index: Int) throws(ConvertError) {
    let node = graph.nodes[index]
    guard readers[node.output.index].isEmpty else {
      throw .unsupported(
        layer: node.name, operation: "softmax before another layer",
        advice: "it is accepted at the end of a network only")
    }
    alias[node.output] = node.inputs[0]
    notes.append("softmax \(node.name) is left out: the bundle's outputs are logits")
  }

  private func layer(_ kind: FusedLayer.Kind, at index: Int) -> FusedLayer {
    let node = graph.nodes[index]
    return FusedLayer(
      name: node.name, outputName: node.name, kind: kind, activation: nil,
      inputs: node.inputs.map { resolve($0) }, skip: nil, preActivation: node.output,
      output: node.output)
  }

  private mutating func place(_ kind: FusedLayer.Kind, at index: Int) {
    isFused[index] = true
    placed.append((index, layer(kind, at: index)))
  }

  /// An operation that ends in a clamp, which can be a ReLU's.
  private mutating func placeWithClamp(_ kind: FusedLayer.Kind, at index: Int) {
    isFused[index] = true
    var layer = layer(kind, at: index)
    var last = index
    fuseActivation(into: &layer, last: &last, allowed: [.relu, .relu6])
    placed.append((last, layer))
  }

  private mutating func placeLinear(_ kind: FusedLayer.Kind, at index: Int) throws(ConvertError) {
    isFused[index] = true
    var layer = layer(kind, at: index)
    var last = index
    try fuseBatchNorms(into: &layer, last: &last)
    try checkFinite(layer)
    if fuseSkip(into: &layer, last: &last) {
      fuseActivation(into: &layer, last: &last, allowed: [.relu, .relu6])
    } else {
      fuseActivation(
        into: &layer, last: &last, allowed: [.relu, .relu6, .hardSigmoid, .hardSwish])
    }
    placed.append((last, layer))
  }

  private mutating func fuseBatchNorms(
    into layer: inout FusedLayer, last: inout Int
  ) throws(ConvertError) {
    while let reader = soleReader(of: layer.output),
      case .batchNorm(let norm) = graph.nodes[reader].operation
    {
      let name = graph.nodes[reader].name
      switch layer.kind {
      case .convolution(let conv):
        layer.kind = .convolution(try BatchNormFolding.fold(norm, into: conv, layer: name))
      case .fullyConnected(let linear):
        layer.kind = .fullyConnected(try BatchNormFolding.fold(norm, into: linear, layer: name))
      case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat, .lookup:
        return
      }
      extend(&layer, by: reader, last: &last)
      layer.preActivation = layer.output
    }
  }

  /// Joins a residual addition whose other operand is computed earlier.
  private mutating func fuseSkip(into layer: inout FusedLayer, last: inout Int) -> Bool {
    guard case .convolution(let conv) = layer.kind, !conv.isDepthwise,
      let reader = soleReader(of: layer.output), case .add = graph.nodes[reader].operation
    else { return false }
    let operands = graph.nodes[reader].inputs
    guard let other = operands.first(where: { $0 != layer.output }),
      other.index < layer.preActivation.index,
      graph.shape(of: other) == graph.shape(of: layer.output)
    else { return false }
    layer.skip = resolve(other)
    extend(&layer, by: reader, last: &last)
    layer.preActivation = layer.output
    return true
  }

  private mutating func fuseActivation(
    into layer: inout FusedLayer, last: inout Int, allowed: Set<Activation>
  ) {
    guard let reader = soleReader(of: layer.output),
      case .activation(let activation) = graph.nodes[reader].operation,
      allowed.contains(activation)
    else { return }
    layer.activation = activation
    extend(&layer, by: reader, last: &last)
  }

  private mutating func extend(_ layer: inout FusedLayer, by node: Int, last: inout Int) {
    isFused[node] = true
    last = node
    layer.output = graph.nodes[node].output
    layer.outputName = graph.nodes[node].name
  }

  private func checkFinite(_ layer: FusedLayer) throws(ConvertError) {
    let (weights, bias): ([Float], [Float])
    switch layer.kind {
    case .convolution(let conv): (weights, bias) = (conv.weights, conv.bias)
    case .fullyConnected(let linear): (weights, bias) = (linear.weights, linear.bias)
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat, .lookup: return
    }
    guard weights.allSatisfy(\.isFinite) else {
      throw .notFinite(layer: layer.name, what: "weights")
    }
    guard bias.allSatisfy(\.isFinite) else { throw .notFinite(layer: layer.name, what: "biases") }
  }
}
