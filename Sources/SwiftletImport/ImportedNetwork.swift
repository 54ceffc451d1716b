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

  /// What was recognised of weights alone.
  public struct Recognised: Sendable {
    /// The architecture that was given or recognised.
    public let architecture: Architecture
    /// The width multiplier that was given or recognised.
    public let width: Double
    let convention: NetworkConvention
    /// Which tensor went where.
    public let report: MatchReport

    /// The padding that was given, or found out.
    public var padding: PaddingStyle { convention.padding }
    /// The activation that was given, or is the architecture's.
    public var activation: Activation { convention.activation }
    /// The batch normalisations' epsilon that was given, or found out.
    public var epsilon: Float { convention.epsilon }
    /// The stride of the first convolution.
    public var firstStride: Int { convention.firstStride }
  }

  /// The network as the file states it: nothing fused. Node names are the source's: module names, for
  /// example `features.3.conv.1`, or a model's names of nodes. One of weights alone has channels first,
  /// one input, `input`, and one output, `logits` or `features`. The weights are held here alone.
  public private(set) var graph: Graph
  /// The number of the first output's elements: of classes, or of features.
  public let outputs: Int
  /// What the outputs are; nil where nobody said and they are no row of scores.
  public let task: NetworkTask?
  /// The image's size; 0 by 0 where the network does not have one image as its input.
  public let input: InputSize
  /// The image's channels, 1, 3 or 4; 0 where the network does not have one image as its input.
  public let channels: Int
  /// What was recognised of weights alone; nil for a model, which says what it is.
  public let recognised: Recognised?
  /// Where the weights came from.
  public let source: Source
  /// What was decided without being told, one sentence each: architecture, width, padding, epsilon.
  public let notes: [String]

  init(
    graph: Graph, task: NetworkTask?, recognised: Recognised? = nil, source: Source,
    notes: [String]
  ) {
    self.graph = graph
    self.recognised = recognised
    self.source = source
    self.notes = notes
    let shapes = graph.outputs.map { graph.shape(of: $0.value) }
    outputs = shapes.first?.count ?? 0
    let isRow = shapes.count == 1 && shapes[0].dimensions.count { $0 > 1 } <= 1
    self.task = task ?? (isRow ? (outputs == 1 ? .multilabel : .classes) : nil)
    (input, channels) = Self.image(graph)
  }

  /// The size and the channels of the one image that a network reads, channels first.
  private static func image(_ graph: Graph) -> (InputSize, Int) {
    guard graph.inputs.count == 1 else { return (0, 0) }
    let shape = graph.shape(of: graph.inputs[0].value)
    guard shape.rank == 4 else { return (0, 0) }
    guard [1, 3, 4].contains(shape[1]) else { return (0, 0) }
    return (InputSize(width: shape[3], height: shape[2]), shape[1])
  }

  /// Hands the graph over and keeps an empty one, so that whoever rewrites the weights holds the
  /// only copy of them.
  public mutating func takeGraph() -> Graph {
    var taken = Graph()
    swap(&taken, &graph)
    return taken
  }
}
