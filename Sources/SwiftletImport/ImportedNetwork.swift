import SwiftletGraph

/// A float network made from a weight file (or from random weights), ready for conversion.
public struct ImportedNetwork: Sendable {
  /// Where the weights came from.
  public struct Source: Sendable {
    /// The file's path, or `random:SEED`.
    public let path: String
    /// How the weights were stored.
    public let format: WeightFile.Format
    /// SHA-256 of the whole file in hexadecimal; empty for random weights.
    public let sha256: String
  }

  /// The network as the file states it: channels first, nothing fused. Node names are the source's
  /// module names, for example `features.3.conv.1`. It has one input, `input`, and one output,
  /// `logits` or `features`. The weights are held here alone.
  public private(set) var graph: Graph
  /// The architecture that was given or recognised.
  public let architecture: Architecture
  /// The width multiplier that was given or recognised.
  public let width: Double
  /// The number of outputs: of classes, or of features.
  public let outputs: Int
  /// What the outputs are.
  public let task: NetworkTask
  let convention: NetworkConvention
  /// The image's channels: 1, 3 or 4.
  public let channels: Int
  /// Which tensor went where.
  public let report: MatchReport
  /// Where the weights came from.
  public let source: Source
  /// What was decided without being told, one sentence each: architecture, width, padding, epsilon.
  public let notes: [String]

  /// The padding that was given, or found out.
  public var padding: PaddingStyle { convention.padding }
  /// The activation that was given, or is the architecture's.
  public var activation: Activation { convention.activation }
  /// The batch normalisations' epsilon that was given, or found out.
  public var epsilon: Float { convention.epsilon }
  /// The stride of the first convolution.
  public var firstStride: Int { convention.firstStride }

  /// Hands the graph over and keeps an empty one, so that whoever rewrites the weights holds the
  /// only copy of them.
  public mutating func takeGraph() -> Graph {
    var taken = Graph()
    swap(&taken, &graph)
    return taken
  }
}
