import SwiftletRuntime

/// What a network's first output means, and so which answer can be read from it.
public struct Task: Equatable, Sendable {
  /// The kinds of answers.
  public enum Kind: Equatable, Sendable {
    /// A score for each class.
    case classes
    /// Scores for each class at each place.
    case mask
    /// Numbers that describe the picture, to be compared with others.
    case vector
    /// Things with their boxes.
    case boxes
  }

  /// Which kind of answer.
  public let kind: Kind
  /// What makes probabilities of scores.
  public let activation: ScoreActivation

  /// A task from its parts.
  public init(_ kind: Kind, activation: ScoreActivation = .softmax) {
    self.kind = kind
    self.activation = activation
  }

  /// What a model's first output means: of one place classes, of more a mask.
  init(_ model: Model) {
    guard let port = model.outputs.first else {
      self.init(.vector, activation: .none)
      return
    }
    let tensor = model.tensor(port.tensor)
    self.init(tensor.height == 1 && tensor.width == 1 ? .classes : .mask)
  }
}
