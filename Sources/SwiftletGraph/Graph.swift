/// A value of a graph: an input, a constant, or a result of a node.
public struct ValueID: Hashable, Sendable {
  /// The position in the order of creation, from 0.
  public let index: Int
}

/// One operation of a graph, with its place in it.
public struct Node: Sendable {
  /// The layer's name in the source model, for example `features.3.conv.1`.
  public var name: String
  /// What it computes.
  public var operation: Operation
  /// What it reads: inputs, constants and results of nodes before it.
  public var inputs: [ValueID]
  /// Its results, at least one.
  public var outputs: [ValueID]
  /// What the pass `FuseTails` has joined to it.
  public var tail: Tail?
  /// The layer of the source model whose result the node's is now: its own, or the last one that a
  /// pass has joined to it.
  public var resultName: String

  /// What a result is called in the source model: `resultName`, or for others than the first of
  /// several `resultName#2` and so on.
  public func name(ofResult index: Int) -> String {
    index == 0 ? resultName : "\(resultName)#\(index + 1)"
  }

  /// The first result, which is the only one of most operations.
  public var output: ValueID { outputs[0] }

  /// A node from its parts.
  init(
    name: String, operation: Operation, inputs: [ValueID], outputs: [ValueID], tail: Tail? = nil
  ) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
    self.tail = tail
    resultName = name
  }
}

/// What is done to an operation's result before anybody else sees it.
public struct Tail: Sendable {
  /// A value of the result's shape that is added first.
  public var residual: ValueID?
  /// Applied last.
  public var activation: Activation?
  /// The value before the activation, which no node computes any more. Graphs from before the
  /// fusion, whose values have the same identifiers, do.
  public var beforeActivation: ValueID
}

/// A float network: nodes in execution order, constants, named inputs and outputs.
///
/// Every value's shape is known: `add` applies the operation's shape rule and refuses what does
/// not fit, so a graph whose constants are bound can be executed. Passes rewrite it; values keep
/// their identifiers from pass to pass.
public struct Graph: Sendable {
  /// A named input or output.
  public struct Port: Sendable {
    /// The name callers use.
    public var name: String
    /// The value that enters or leaves here.
    public var value: ValueID
  }

  /// The operations in execution order.
  public package(set) var nodes: [Node] = []
  /// What the network reads.
  public private(set) var inputs: [Port] = []
  /// What the network computes.
  public package(set) var outputs: [Port] = []
  /// What the user should know of what passes did, a sentence each.
  public package(set) var notes: [String] = []
  private var shapes: [Shape] = []
  private var constants: [Constant?] = []

  /// An empty graph.
  public init() {}

  /// How many values the graph has; `ValueID.index` is below it.
  public var valueCount: Int { shapes.count }

  /// All values, in the order of creation.
  public var values: [ValueID] { shapes.indices.map { ValueID(index: $0) } }

  /// The shape of a value of this graph.
  public func shape(of value: ValueID) -> Shape { shapes[value.index] }

  /// The constant that a value is; nil for inputs and results of nodes.
  public func constant(_ value: ValueID) -> Constant? { constants[value.index] }

  /// Whether a value is a constant.
  public func isConstant(_ value: ValueID) -> Bool { constants[value.index] != nil }

  /// The values that a node reads and that are no constants, a residual last.
  public func activations(of node: Node) -> [ValueID] {
    node.inputs.filter { !isConstant($0) } + (node.tail?.residual.map { [$0] } ?? [])
  }

  /// Declares an input and returns its value.
  public mutating func addInput(_ name: String, shape: Shape) -> ValueID {
    let value = newValue(shape)
    inputs.append(Port(name: name, value: value))
    return value
  }

  /// Adds a constant, unbound if it has no contents yet, and returns its value.
  ///
  /// Contents have as many elements as `shape`, which a programmer sees to.
  public mutating func addConstant(
    _ name: String, shape: Shape, _ contents: Constant.Contents = .unbound
  ) -> ValueID {
    let value = newValue(shape, Constant(name: name, contents: contents))
    precondition(
      constants[value.index].map { $0.count == 0 || $0.count == shape.count } ?? true,
      "constant \(name) has as many elements as \(shape)")
    return value
  }

  /// Gives a constant its contents, which must have as many elements as its shape, and a new name
  /// if one is given.
  public mutating func bind(_ value: ValueID, _ contents: Constant.Contents, name: String? = nil) {
    guard constants[value.index] != nil else {
      preconditionFailure("value \(value.index) is no constant")
    }
    constants[value.index]?.contents = contents
    if let name { constants[value.index]?.name = name }
    precondition(
      (constants[value.index]?.count ?? 0) == shapes[value.index].count,
      "a constant has as many elements as its shape \(shapes[value.index])")
  }

  /// Appends an operation with one result and returns that.
  ///
  /// - Throws: `GraphError` when the inputs' count or shapes do not fit the operation.
  public mutating func add(
    _ operation: Operation, name: String, inputs: [ValueID]
  ) throws(GraphError) -> ValueID {
    try addNode(operation, name: name, inputs: inputs)[0]
  }

  /// Appends an operation and returns its results.
  ///
  /// - Throws: `GraphError` when the inputs' count or shapes do not fit the operation.
  public mutating func addNode(
    _ operation: Operation, name: String, inputs: [ValueID]
  ) throws(GraphError) -> [ValueID] {
    let node = try makeNode(operation, name: name, inputs: inputs)
    nodes.append(node)
    return node.outputs
  }

  /// A node with new values for its results, not yet in the list: passes put it where it belongs.
  package mutating func makeNode(
    _ operation: Operation, name: String, inputs: [ValueID]
  ) throws(GraphError) -> Node {
    let results: [Shape]
    do throws(ShapeMismatch) {
      results = try operation.definition.outputShapes(inputs.map { shapes[$0.index] })
    } catch {
      throw GraphError(layer: name, problem: error)
    }
    return Node(
      name: name, operation: operation, inputs: inputs, outputs: results.map { newValue($0) })
  }

  /// Declares a value to be a named output.
  public mutating func addOutput(_ name: String, value: ValueID) {
    outputs.append(Port(name: name, value: value))
  }

  /// Checks what an operation's constants must hold beside having the right shape.
  ///
  /// - Throws: `GraphError` that names the layer.
  public func checkConstants() throws(GraphError) {
    for node in nodes {
      do throws(ShapeMismatch) {
        try node.operation.definition.checkConstants(node.inputs.map { constants[$0.index] })
      } catch {
        throw GraphError(layer: node.name, problem: error)
      }
    }
  }

  private mutating func newValue(_ shape: Shape, _ constant: Constant? = nil) -> ValueID {
    shapes.append(shape)
    constants.append(constant)
    return ValueID(index: shapes.count - 1)
  }

  /// Makes a constant of a value that a node computed, which is to be removed.
  mutating func makeConstant(_ value: ValueID, named name: String, _ contents: Constant.Contents) {
    constants[value.index] = Constant(name: name, contents: contents)
  }

  /// Gives a value another shape; passes that change layouts keep the two in step.
  mutating func setShape(_ shape: Shape, of value: ValueID) {
    shapes[value.index] = shape
  }

  /// Takes the floats of a constant out, so that a pass that changes them holds the only copy, and
  /// is to `bind` them again.
  package mutating func takeFloats(_ value: ValueID) -> [Float]? {
    constants[value.index]?.takeFloats()
  }

  /// Forgets the contents of a constant that no node reads any more.
  mutating func release(_ value: ValueID) {
    constants[value.index]?.contents = .unbound
  }
}
