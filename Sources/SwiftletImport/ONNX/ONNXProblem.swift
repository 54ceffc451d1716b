import SwiftletGraph

/// What is wrong with an ONNX file, or with what it asks for.
public enum ONNXProblem: Error, Equatable, Sendable {
  /// The bytes are no model.
  case damaged(String)
  /// The model as a whole cannot be read: its version, its inputs, its outputs.
  case model(String)
  /// An operator that there is no form of, and what would be accepted.
  case unsupported(ONNXPlace, advice: String)
  /// An operator's attributes, inputs or constants are not what it needs.
  case node(ONNXPlace, String)
  /// A layer does not fit onto the value before it.
  case layer(String, ShapeMismatch)
  /// There is not enough memory for a tensor.
  case outOfMemory(byteCount: Int)
}

/// A node of an ONNX graph, for messages.
public struct ONNXPlace: Equatable, Sendable {
  /// The node's name, or the name of its first result.
  public let node: String
  /// For example `Conv`, with its domain where that is not ONNX's own.
  public let operation: String
}

extension ONNXPlace: CustomStringConvertible {
  /// For people.
  public var description: String { "node \(quoted(node)) (\(operation))" }
}

extension ONNXProblem: CustomStringConvertible {
  /// One sentence without a full stop: the node, what was expected and what was found.
  public var description: String {
    switch self {
    case .damaged(let reason): "it is not a valid ONNX file: \(reason)"
    case .model(let reason): reason
    case .unsupported(let place, let advice): "\(place) is not supported: \(advice)"
    case .node(let place, let reason): "\(place): \(reason)"
    case .layer(let layer, let problem): "layer \(quoted(layer)): \(problem)"
    case .outOfMemory(let byteCount):
      "\(byteCount >> 20) MB of memory are needed for a tensor, more than there is"
    }
  }
}
