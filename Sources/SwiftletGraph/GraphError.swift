import SwiftletPlatform

/// Why an operation does not accept its inputs.
public enum ShapeMismatch: Error, Equatable, Sendable {
  /// The number of inputs is wrong.
  case inputCount(expected: Int, found: Int)
  /// The input's channels do not match the operation's.
  case channels(expected: Int, found: Int)
  /// Two inputs that must agree do not.
  case disagreement(Shape, Shape)
  /// The kernel does not fit into the padded input, so the output would be empty.
  case emptyOutput(input: ImageShape)
  /// The operation's own arrays or numbers contradict each other.
  case malformed(String)
}

/// An operation that does not fit into its graph.
public struct GraphError: Error, Sendable {
  /// The layer's name.
  public let layer: String
  /// What does not fit.
  public let problem: ShapeMismatch

  /// An error of the layer with this name.
  public init(layer: String, problem: ShapeMismatch) {
    self.layer = layer
    self.problem = problem
  }
}

extension GraphError: CustomStringConvertible {
  /// One sentence without a full stop: layer, expected, found.
  public var description: String { "layer \(ShownText.name(layer)): \(problem)" }
}

extension ShapeMismatch: CustomStringConvertible {
  /// What was expected and what was found.
  public var description: String {
    switch self {
    case .inputCount(let expected, let found): "expected \(expected) inputs, found \(found)"
    case .channels(let expected, let found): "expected \(expected) input channels, found \(found)"
    case .disagreement(let a, let b): "the inputs' shapes differ: \(a) and \(b)"
    case .emptyOutput(let input): "the kernel does not fit into the input of \(input)"
    case .malformed(let reason): reason
    }
  }
}
