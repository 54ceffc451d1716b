/// A value that flows through a graph: an input, or what one node computes.
public struct ValueID: Hashable, Sendable {
  /// The position in the order of creation, from 0.
  public let index: Int
}

/// One operation of the float graph, with its place in it.
public struct Node: Sendable {
  /// The layer's name in the source model, for example `features.3.conv.1`.
  public var name: String
  /// What it computes.
  public var operation: FloatOperation
  /// What it reads.
  public var inputs: [ValueID]
  /// Its result.
  public let output: ValueID
}

/// A float network: nodes in execution order, with named inputs and outputs.
///
/// Every value's shape is known: `add` applies the operation's shape rule and refuses what does
/// not fit, so a graph that exists can be executed.
public struct Graph: Sendable {
  /// A named input or output.
  public struct Port: Sendable {
    /// The name callers use.
    public var name: String
    /// The value that enters or leaves here.
    public var value: ValueID
  }

  /// The operations in execution order.
  public private(set) var nodes: [Node] = []
  /// What the network reads.
  public private(set) var inputs: [Port] = []
  /// What the network computes.
  public private(set) var outputs: [Port] = []
  private var shapes: [Shape] = []

  /// An empty graph.
  public init() {}

  /// How many values (inputs and node results) the graph has; `ValueID.index` is below it.
  public var valueCount: Int { shapes.count }

  /// The shape of a value of this graph.
  public func shape(of value: ValueID) -> Shape { shapes[value.index] }

  /// Declares an input and returns its value.
  public mutating func addInput(_ name: String, shape: Shape) -> ValueID {
    let value = newValue(shape)
    inputs.append(Port(name: name, value: value))
    return value
  }

  /// Appends an operation and returns its result.
  ///
  /// - Throws: `GraphError` when the inputs' count or shapes do not fit the operation.
  public mutating func add(
    _ operation: FloatOperation, name: String, inputs: [ValueID]
  ) throws(GraphError) -> ValueID {
    let inputShapes = inputs.map { shapes[$0.index] }
    let shape: Shape
    do throws(ShapeMismatch) {
      shape = try operation.outputShape(inputShapes)
    } catch {
      throw GraphError(layer: name, problem: error)
    }
    let output = newValue(shape)
    nodes.append(Node(name: name, operation: operation, inputs: inputs, output: output))
    return output
  }

  /// Declares a value to be a named output.
  public mutating func addOutput(_ name: String, value: ValueID) {
    outputs.append(Port(name: name, value: value))
  }

  private mutating func newValue(_ shape: Shape) -> ValueID {
    shapes.append(shape)
    return ValueID(index: shapes.count - 1)
  }
}
