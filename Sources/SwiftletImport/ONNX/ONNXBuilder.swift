import SwiftletGraph

/// Builds a graph, a node of an ONNX model after the other.
struct ONNXBuilder {
  /// What was built so far, channels first as ONNX has them.
  var graph = Graph()
  /// What the user should know, a sentence each.
  var notes: [String] = []

  private let file: FileBytes
  private let folder: String
  private let model: ONNXModel
  /// What the names of the graph, or of the function that is written out, stand for.
  private var values: [FileName: ONNXValue] = [:]
  /// The roundings of values of the graph, which those keep that hold the same elements.
  private var roundings: [ValueID: FakeQuantize] = [:]
  /// How many layers were given each name so far.
  private var layerNames: [FileName: Int] = [:]
  /// Elements of constants that were read or computed, all together.
  private var elementCount = 0
  /// Put before the names of layers within functions.
  private var prefix = ""
  private var depth = 0
  private var operatorSets: [FileName: Int]
  /// Nodes that were read, those of functions as often as they are called.
  private var nodeCount = 0

  /// A model may call functions that call functions: this ends it.
  private static let mostNodes = 50_000
  /// A network's weights, and arithmetic of shapes: a small file must not ask for much work.
  private static let mostElements = 1 << 29
  private static let deepest = 32
  static let versions = 7...23

  init(_ model: ONNXModel, _ file: FileBytes, folder: String) {
    self.model = model
    self.file = file
    self.folder = folder
    operatorSets = model.operatorSets
  }
}

// Names and values.
extension ONNXBuilder {
  /// Declares what a name stands for.
  mutating func define(_ name: FileName, _ value: ONNXValue) { values[name] = value }

  /// What a name stands for.
  func value(named name: FileName) -> ONNXValue? { values[name] }

  /// The extents of a value.
  func shape(of value: ONNXValue) -> [Int] {
    switch value {
    case .tensor(let tensor): tensor.shape
    case .array(let array): array.shape
    case .value(let value), .scores(let value): graph.shape(of: value).dimensions
    }
  }

  /// The elements of an input, if they are known now.
  mutating func array(_ input: Int, of call: ONNXCall) throws(ONNXProblem) -> ONNXArray? {
    guard call.has(input) else { return nil }
    switch try call.input(input) {
    case .value, .scores: return nil
    case .array(let array): return array
    case .tensor(let tensor):
      // Many may have the same input: it is read once.
      let name = call.node.inputs[input]
      if case .array(let known)? = values[name] { return known }
      let array = try array(tensor)
      if case .tensor? = values[name] { values[name] = .array(array) }
      return array
    }
  }

  /// The elements of a tensor.
  mutating func array(_ tensor: ONNXTensor) throws(ONNXProblem) -> ONNXArray {
    let array = try ONNXArray(tensor, file, folder: folder)
    try count(array)
    return array
  }

  /// Counts what was read or computed.
  private mutating func count(_ array: ONNXArray) throws(ONNXProblem) {
    elementCount += array.count
    guard elementCount <= Self.mostElements else {
      throw .model("the model's constants have more than \(Self.mostElements) elements in all")
    }
  }

  /// The elements of all inputs; nil unless all are known now.
  mutating func arrays(of call: ONNXCall) throws(ONNXProblem) -> [ONNXArray]? {
    var arrays: [ONNXArray] = []
    for input in call.inputs.indices {
      guard let array = try array(input, of: call) else { return nil }
      arrays.append(array)
    }
    return arrays
  }

  /// The integers of an input that must be known now: a shape, axes, sizes.
  mutating func integers(_ input: Int, of call: ONNXCall) throws(ONNXProblem) -> [Int] {
    guard let array = try array(input, of: call), let values = array.integers else {
      throw call.unsupported(
        "input \(input + 1) must be known before the network runs; export with fixed sizes")
    }
    return values.map { Int($0) }
  }

  /// The number that an input must be, known now.
  mutating func number(_ input: Int, of call: ONNXCall) throws(ONNXProblem) -> Float {
    guard let array = try array(input, of: call) else {
      throw call.unsupported("input \(input + 1) must be a constant number")
    }
    guard array.count == 1 else {
      throw call.problem(
        "input \(input + 1) has \(array.count) elements where one number is expected")
    }
    return array.floats[0]
  }

  /// What an attribute of older versions, an input of newer ones says; nil if neither is there.
  mutating func integers(
    _ name: String, orInput input: Int, of call: ONNXCall
  ) throws(ONNXProblem) -> [Int]? {
    if let found = try call.integers(name) { return found }
    return call.has(input) ? try integers(input, of: call) : nil
  }

  /// An input as a value of the graph; a constant becomes one of the graph's.
  mutating func graphValue(_ input: Int, of call: ONNXCall) throws(ONNXProblem) -> ValueID {
    if case .value(let value) = try call.input(input) { return value }
    guard let array = try array(input, of: call) else { throw call.problem("input is missing") }
    return try constant(array, named: call.node.inputs[input].text, of: call)
  }

  /// A constant of the graph.
  mutating func constant(
    _ array: ONNXArray, named name: String, of call: ONNXCall
  ) throws(ONNXProblem) -> ValueID {
    guard array.shape.count <= Shape.maximumRank, array.count > 0 else {
      throw call.unsupported("constant \(quoted(name)) has the shape \(array.shape)")
    }
    return graph.addConstant(name, shape: Shape(array.shape), .floats(array.floats))
  }

  /// Appends an operation to the graph and returns its result.
  mutating func append(
    _ operation: Operation, _ inputs: [ValueID], for call: ONNXCall, suffix: String = ""
  ) throws(ONNXProblem) -> ValueID {
    do throws(GraphError) {
      let name = suffix.isEmpty ? call.name : call.name + "." + suffix
      let value = try graph.add(operation, name: name, inputs: inputs)
      noteRounding(of: [value], by: operation, inputs)
      return value
    } catch {
      throw .layer(error.layer, error.problem)
    }
  }

  /// The same, for what a node computes.
  mutating func add(
    _ operation: Operation, _ inputs: [ValueID], for call: ONNXCall, suffix: String = ""
  ) throws(ONNXProblem) -> ONNXValue {
    .value(try append(operation, inputs, for: call, suffix: suffix))
  }

  /// Appends an operation with several results to the graph.
  mutating func addNode(
    _ operation: Operation, _ inputs: [ValueID], for call: ONNXCall
  ) throws(ONNXProblem) -> [ONNXValue] {
    do throws(GraphError) {
      let values = try graph.addNode(operation, name: call.name, inputs: inputs)
      noteRounding(of: values, by: operation, inputs)
      return values.map { .value($0) }
    } catch {
      throw .layer(error.layer, error.problem)
    }
  }
}

// Quantized values: in the graph they stand as the real numbers that their levels mean.
extension ONNXBuilder {
  /// How a value was rounded; nil if it was not, or something was computed of it since.
  func rounding(of value: ValueID) -> FakeQuantize? { roundings[value] }

  private mutating func noteRounding(
    of values: [ValueID], by operation: Operation, _ inputs: [ValueID]
  ) {
    let rounding: FakeQuantize?
    if case .fakeQuantize(let own) = operation {
      rounding = own
    } else {
      rounding = operation.keepsElements ? roundings[inputs[0]] : nil
    }
    guard let rounding else { return }
    for value in values { roundings[value] = rounding }
  }
}

extension Operation {
  /// Whether every element of the results is one of the first input's.
  fileprivate var keepsElements: Bool {
    if case .maxPool = self { return true }
    if case .flatten = self { return true }
    if case .concat = self { return false }
    if case .pad = self { return false }
    return definition.movement != nil
  }
}

extension ONNXBuilder {
  /// Declares an input of the graph. All images have their channels first there; what reads one that has
  /// them last gets it transposed, which the pass `ChannelsLast` takes back.
  mutating func input(
    _ name: String, _ shape: Shape, channelsLast: Bool
  ) throws(ONNXProblem) -> ONNXValue {
    guard channelsLast else { return .value(graph.addInput(name, shape: shape)) }
    let first = Shape([0, 3, 1, 2].map { shape[$0] })
    let value = graph.addInput(name, shape: first)
    do throws(GraphError) {
      return .value(
        try graph.add(
          .transpose(Transpose(order: [0, 2, 3, 1])), name: "\(name).transpose", inputs: [value]))
    } catch {
      throw .layer(error.layer, error.problem)
    }
  }
}

// Nodes.
extension ONNXBuilder {
  /// Appends nodes in their order.
  ///
  /// - Throws: `ONNXProblem` that names the node.
  mutating func append(_ nodes: [ONNXNode]) throws(ONNXProblem) {
    for node in nodes { try append(node) }
  }

  private mutating func append(_ node: ONNXNode) throws(ONNXProblem) {
    nodeCount += 1
    guard nodeCount <= Self.mostNodes else {
      throw .model("the model has more than \(Self.mostNodes) nodes, functions written out")
    }
    let call = try call(node)
    let results = try self.results(call)
    guard results.count >= node.outputs.count else {
      throw call.unsupported(
        "it has \(node.outputs.count) results here, of which \(results.count) can be computed")
    }
    for (name, value) in zip(node.outputs, results) where !name.text.isEmpty {
      if case .array(let array) = value { try count(array) }
      values[name] = value
    }
  }

  private mutating func call(_ node: ONNXNode) throws(ONNXProblem) -> ONNXCall {
    let first = node.outputs.first?.text ?? ""
    let base = prefix + (node.name.isEmpty ? first : node.name)
    let number = layerNames[FileName(base), default: 0] + 1
    layerNames[FileName(base)] = number
    let name = number == 1 ? base : "\(base)#\(number)"
    var inputs: [ONNXValue?] = []
    for input in node.inputs {
      if input.text.isEmpty {
        inputs.append(nil)
        continue
      }
      guard let value = values[input] else {
        throw .node(
          ONNXPlace(node: name, operation: node.operation.text),
          "nothing before it computes its input \(quoted(input.text))")
      }
      inputs.append(value)
    }
    let version = operatorSets[node.domain] ?? model.operatorSets[node.domain] ?? 1
    return ONNXCall(node: node, name: name, version: version, inputs: inputs)
  }

  private mutating func results(_ call: ONNXCall) throws(ONNXProblem) -> [ONNXValue] {
    let node = call.node
    let function = ONNXFunctionName(domain: node.domain, name: node.operation)
    if let function = model.functions[function] { return try results(call, function) }
    if node.domain.text.isEmpty, node.operation.text == "If" { return try branch(call) }
    guard
      let operation = ONNXOperator.find(
        domain: node.domain.text, name: node.operation.text, version: call.version)
    else {
      let near = ONNXOperator.near(node.operation.text)
      throw call.unsupported(
        "there is no form of it here" + (near.isEmpty ? "" : ", as there is of \(near)"))
    }
    return try operation.append(&self, call)
  }

  /// A function, written out.
  private mutating func results(
    _ call: ONNXCall, _ function: ONNXFunction
  ) throws(ONNXProblem) -> [ONNXValue] {
    let outer = (values, prefix, operatorSets)
    try enter(call)
    defer {
      (values, prefix, operatorSets) = outer
      depth -= 1
    }
    values = [:]
    for (name, value) in zip(function.inputs, call.inputs) { values[name] = value }
    operatorSets = function.operatorSets
    let attributes = function.defaults.merging(call.node.attributes) { $1 }
    for node in function.nodes { try append(node.resolving(attributes)) }
    return try results(function.outputs, of: call)
  }

  /// The branch of an `If` whose condition is known.
  private mutating func branch(_ call: ONNXCall) throws(ONNXProblem) -> [ONNXValue] {
    guard let condition = try array(0, of: call)?.integers?.first else {
      throw call.unsupported("its condition must be known before the network runs")
    }
    let name = condition != 0 ? "then_branch" : "else_branch"
    guard case .graph(let graph)? = call.node.attributes[FileName(name)] else {
      throw call.problem("attribute \(name) is missing")
    }
    let outer = prefix
    try enter(call)
    defer {
      prefix = outer
      depth -= 1
    }
    for tensor in graph.initializers { values[tensor.name] = .tensor(tensor) }
    try append(graph.nodes)
    return try results(graph.outputs.map(\.name), of: call)
  }

  private mutating func enter(_ call: ONNXCall) throws(ONNXProblem) {
    guard depth < Self.deepest else {
      throw call.problem("functions call functions more than \(Self.deepest) deep")
    }
    depth += 1
    prefix = call.name + "/"
  }

  private func results(
    _ names: [FileName], of call: ONNXCall
  ) throws(ONNXProblem) -> [ONNXValue] {
    var results: [ONNXValue] = []
    for name in names {
      guard let value = values[name] else {
        throw call.problem("nothing computes its result \(quoted(name.text))")
      }
      results.append(value)
    }
    return results
  }
}

extension ONNXNode {
  /// The node of a function with the caller's attributes in place of references to them.
  fileprivate func resolving(_ attributes: [FileName: ONNXAttribute]) -> ONNXNode {
    var node = self
    for (name, attribute) in node.attributes {
      if case .reference(let other) = attribute { node.attributes[name] = attributes[other] }
    }
    return node
  }
}
