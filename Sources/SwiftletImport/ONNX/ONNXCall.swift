import SwiftletGraph

/// One node, with what its inputs are.
struct ONNXCall {
  let node: ONNXNode
  /// The layer's name in the graph.
  let name: String
  /// The version of the operator set that the model was written for, in the node's domain.
  let version: Int
  /// Nil for inputs that are left out.
  let inputs: [ONNXValue?]

  /// The same node reading something else, under the names that go with it; empty where it has none.
  func reading(_ values: [(name: FileName, value: ONNXValue?)]) -> ONNXCall {
    var node = node
    node.inputs = values.map(\.name)
    return ONNXCall(node: node, name: name, version: version, inputs: values.map(\.value))
  }

  /// The same node reading one of its inputs alone.
  func reading(only input: Int) -> ONNXCall {
    reading([(node.inputs[input], inputs[input])])
  }

  /// The node, for messages.
  var place: ONNXPlace {
    let domain = node.domain.text
    let operation = node.operation.text
    return ONNXPlace(node: name, operation: domain.isEmpty ? operation : "\(domain).\(operation)")
  }

  /// That something about the node is wrong.
  func problem(_ reason: String) -> ONNXProblem { .node(place, Self.shortened(reason)) }

  /// That there is no form of the node, and what would be accepted.
  func unsupported(_ advice: String) -> ONNXProblem {
    .unsupported(place, advice: Self.shortened(advice))
  }

  /// A text without its middle, where it is long: lists in it are as long as the model has them.
  private static func shortened(_ text: String) -> String {
    text.count <= 600 ? text : "\(text.prefix(300)) … \(text.suffix(200))"
  }

  /// An attribute that is an integer.
  func integer(_ name: String, default value: Int) throws(ONNXProblem) -> Int {
    switch node.attributes[FileName(name)] {
    case nil: return value
    case .integer(let found): return Int(found)
    default: throw problem("attribute \(name) is no integer")
    }
  }

  /// An attribute that is true or false.
  func flag(_ name: String, default value: Bool = false) throws(ONNXProblem) -> Bool {
    try integer(name, default: value ? 1 : 0) != 0
  }

  /// An attribute that is a float.
  func float(_ name: String, default value: Float) throws(ONNXProblem) -> Float {
    switch node.attributes[FileName(name)] {
    case nil: return value
    case .float(let found): return found
    default: throw problem("attribute \(name) is no float")
    }
  }

  /// An attribute that is text.
  func text(_ name: String, default value: String) throws(ONNXProblem) -> String {
    switch node.attributes[FileName(name)] {
    case nil: return value
    case .text(let found): return found
    default: throw problem("attribute \(name) is no text")
    }
  }

  /// An attribute that is a list of integers; nil if it is not there.
  func integers(_ name: String) throws(ONNXProblem) -> [Int]? {
    switch node.attributes[FileName(name)] {
    case nil: return nil
    case .integers(let found): return found.map { Int($0) }
    case .texts(let found) where found.isEmpty: return []
    default: throw problem("attribute \(name) is no list of integers")
    }
  }

  /// An attribute that is a list of floats; nil if it is not there.
  func floats(_ name: String) throws(ONNXProblem) -> [Float]? {
    switch node.attributes[FileName(name)] {
    case nil: return nil
    case .floats(let found): return found
    default: throw problem("attribute \(name) is no list of floats")
    }
  }

  /// Whether an input is there.
  func has(_ input: Int) -> Bool { input < inputs.count && inputs[input] != nil }

  /// An input that must be there.
  func input(_ place: Int) throws(ONNXProblem) -> ONNXValue {
    guard place < inputs.count, let value = inputs[place] else {
      throw problem("input \(place + 1) is missing")
    }
    if case .scores = value {
      throw unsupported("it reads places of the greatest elements, which only outputs may be")
    }
    return value
  }

  /// Which of a value's dimensions an axis names; negative ones count from the end.
  func dimension(_ axis: Int, rank: Int) throws(ONNXProblem) -> Int {
    let dimension = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(dimension) else {
      throw problem("there is no axis \(axis) in a value of \(rank) dimensions")
    }
    return dimension
  }
}
