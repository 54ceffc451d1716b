/// Why a pass refuses a graph.
public enum PassError: Error, Sendable {
  /// The integer runtime has no form of this layer. `advice` says what would help.
  case unsupported(layer: String, operation: String, advice: String)
  /// A weight, bias or batch-norm statistic is NaN or infinite.
  case notFinite(layer: String, what: String)
  /// An operation that a pass makes does not fit into the graph.
  case graph(GraphError)
}

/// A rewriting of the graph that leaves what it computes as it was, but for rounding.
public struct Pass: Sendable {
  /// For the command line, for example `fold-batch-norms`.
  public let name: String
  /// What it does, in one sentence.
  public let summary: String
  private let rewrite: @Sendable (inout Graph) throws(PassError) -> Void

  init(
    _ name: String, _ summary: String,
    _ rewrite: @escaping @Sendable (inout Graph) throws(PassError) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.rewrite = rewrite
  }

  /// Rewrites a graph.
  ///
  /// - Throws: `PassError` that names the layer.
  public func apply(to graph: inout Graph) throws(PassError) {
    try rewrite(&graph)
  }
}

extension Pass {
  /// From a network as its file states it to the float reference: every layer still there, channels
  /// last, what exporters spell out recognised.
  public static let reference: [Pass] = [
    foldConstants, recogniseGates, recogniseActivations, recogniseShuffles, channelsLast,
    scalesToNorms, expandBroadcasts,
  ]

  /// From the float reference to nodes that each are one operation of a bundle.
  public static let integer: [Pass] = [
    removeSoftmax, removeFlattens, foldBatchNorms, fuseTails,
  ]

  /// All, in the order in which they are applied.
  public static let all = reference + integer
}

extension Graph {
  /// Applies passes one after the other.
  ///
  /// Values that are in the graph before are the same values after, if they are still there.
  ///
  /// - Throws: `PassError` that names the layer.
  public mutating func apply(_ passes: [Pass]) throws(PassError) {
    for pass in passes { try pass.apply(to: &self) }
  }
}
