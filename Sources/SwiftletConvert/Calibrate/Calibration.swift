import SwiftletGraph

/// What the float network's values look like over the calibration samples.
struct Calibration: Sendable {
  /// By value; only values that become int8 tensors, and what h-swish and curves are computed from.
  private(set) var histograms: [ValueID: Histogram]
  /// Of tensors that may have a scale per channel: the least and greatest value of each channel.
  private(set) var channelRanges: [ValueID: [ClosedRange<Double>]]
  /// The place of the greatest value of the first output, for each sample in order.
  private(set) var bestOutputs: [Int] = []
  /// The variance of the network's values as a share of that in training; nil if that is not known.
  private(set) var trainingShare: Double?

  /// Of no samples.
  init() {
    (histograms, channelRanges) = ([:], [:])
  }

  /// Runs every sample through the float reference and counts.
  ///
  /// `graph` is the network after the passes `Pass.integer`, whose values are the reference's;
  /// `names` are those of the reference's layers, for messages; `spread` is for the reference, if
  /// wanted; `executor` runs it.
  ///
  /// - Throws: `ConvertError.noCalibration`, `.sampleCount`, `.sampleShape`, `.activationNotFinite`.
  init<Samples: Collection<[FloatTensor]>>(
    _ graph: Graph, names: [ValueID: String], spread: TrainingSpread? = nil, samples: Samples,
    executor: FloatExecutor, progress: (Int, Int) -> Void
  ) throws(ConvertError) {
    guard !samples.isEmpty else { throw .noCalibration }
    var histograms: [ValueID: Histogram] = [:]
    for value in graph.storedValues { histograms[value] = Histogram() }
    for node in graph.nodes where node.hasPreactivation {
      if let tail = node.tail { histograms[tail.beforeActivation] = Histogram() }
    }
    var extremes: [ValueID: ChannelExtremes] = [:]
    for value in PerChannel.values(graph) { extremes[value] = ChannelExtremes() }
    var spread = spread
    let stride = max(1, samples.count / TrainingSpread.sampleCount)
    for (index, sample) in samples.enumerated() {
      try Self.checkShapes(graph, sample: sample, index: index)
      var culprit: ValueID?
      let outputs = executor.run(sample) { value, tensor in
        if histograms[value]?.add(tensor.values) == false && culprit == nil { culprit = value }
        extremes[value]?.add(tensor)
        if index % stride == 0 { spread?.add(value, tensor) }
      }
      if let culprit {
        throw .activationNotFinite(layer: names[culprit] ?? "input", sample: index)
      }
      bestOutputs.append(Self.best(outputs.first?.values ?? []))
      progress(index + 1, samples.count)
    }
    trainingShare = spread?.share
    self.histograms = histograms
    channelRanges = extremes.mapValues(\.ranges)
  }

  /// The place of the greatest value, the first of equal ones.
  private static func best(_ values: [Float]) -> Int {
    var best = 0
    for (index, value) in values.enumerated() where value > values[best] { best = index }
    return best
  }

  /// The input or layer of a graph that each value is the result of.
  static func names(_ graph: Graph) -> [ValueID: String] {
    var names: [ValueID: String] = [:]
    for port in graph.inputs { names[port.value] = port.name }
    for node in graph.nodes {
      for output in node.outputs { names[output] = node.name }
    }
    return names
  }

  /// Refuses a sample that does not fit the graph's inputs.
  ///
  /// - Throws: `ConvertError.sampleCount`, `.sampleShape`.
  static func checkShapes(
    _ graph: Graph, sample: [FloatTensor], index: Int
  ) throws(ConvertError) {
    guard sample.count == graph.inputs.count else {
      throw .sampleCount(sample: index, expected: graph.inputs.count, found: sample.count)
    }
    for (port, tensor) in zip(graph.inputs, sample) {
      let expected = graph.shape(of: port.value)
      guard tensor.shape == expected else {
        throw .sampleShape(sample: index, expected: expected, found: tensor.shape)
      }
    }
  }
}
