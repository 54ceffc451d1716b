import SwiftletGraph

/// Chooses the range of every int8 tensor.
struct RangeChooser {
  private let graph: Graph
  private let calibration: Calibration
  private let options: ConversionOptions
  private let readers: [[Int]]

  init(_ graph: Graph, calibration: Calibration, options: ConversionOptions) {
    self.graph = graph
    self.calibration = calibration
    self.options = options
    readers = graph.readingNodes
  }

  /// A range per stored value that needs one (gates, and what keeps its input's, do not).
  func choose<Samples: RandomAccessCollection<[FloatTensor]>>(
    samples: Samples, executor: FloatExecutor, progress: (Int, Int) -> Void
  ) -> [ValueID: ClosedRange<Double>] {
    var ranges: [ValueID: ClosedRange<Double>] = [:]
    var candidates: [ValueID: [ClosedRange<Double>]] = [:]
    for value in freeValues {
      guard let histogram = calibration.histograms[value] else { continue }
      switch options.method {
      case .minmax: ranges[value] = histogram.range
      case .percentile: ranges[value] = RangeSearch.percentile(histogram, dropping: 5e-5)
      case .mse: ranges[value] = RangeSearch.meanSquaredError(histogram)
      case .entropy: ranges[value] = RangeSearch.entropy(histogram)
      case .automatic:
        candidates[value] = Self.candidates(histogram)
        if isLogits(value) { candidates[value, default: []] += Self.upperRanges(histogram) }
      }
    }
    if options.method == .automatic {
      ranges = best(candidates, samples: samples, executor: executor, progress: progress)
    }
    if let inputRange = options.inputRange {
      for port in graph.inputs { ranges[port.value] = inputRange }
    }
    return ranges
  }

  /// Values whose range calibration decides.
  private var freeValues: [ValueID] {
    var values = graph.inputs.map(\.value)
    for node in graph.nodes {
      switch node.resultRange {
      case .calibrated: values += node.outputs
      case .gate, .ofInput: continue
      }
    }
    return values
  }

  private static func candidates(_ histogram: Histogram) -> [ClosedRange<Double>] {
    let all = [
      histogram.range,
      RangeSearch.percentile(histogram, dropping: 5e-6),
      RangeSearch.percentile(histogram, dropping: 5e-5),
      RangeSearch.percentile(histogram, dropping: 5e-4),
      RangeSearch.meanSquaredError(histogram),
      RangeSearch.entropy(histogram),
    ]
    var distinct: [ClosedRange<Double>] = []
    let width = max(histogram.range.upperBound - histogram.range.lowerBound, 1e-12)
    for range in all {
      let isKnown = distinct.contains {
        abs($0.lowerBound - range.lowerBound) + abs($0.upperBound - range.upperBound)
          < 0.005 * width
      }
      if !isKnown { distinct.append(range) }
    }
    return distinct
  }

  /// The candidate of each value with the least error.
  private func best<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ candidates: [ValueID: [ClosedRange<Double>]], samples: Samples,
    executor: FloatExecutor, progress: (Int, Int) -> Void
  ) -> [ValueID: ClosedRange<Double>] {
    let scales = candidates.filter { $0.value.count > 1 }.map { value, ranges in
      let channels = calibration.channelRanges[value]
      return (value, ranges.map { PerChannel.scales(covering: $0, channels: channels) })
    }
    let trials = [ValueID: [ActivationScales]](uniqueKeysWithValues: scales)
    var errors = trials.mapValues { [Double](repeating: 0, count: $0.count) }
    _ = SampleTrial(graph, executor: executor).forEachBatch(samples, progress: progress) { batch in
      for found in measure(trials, batch) {
        for (value, sums) in found {
          for candidate in sums.indices { errors[value]?[candidate] += sums[candidate] }
        }
      }
    }
    return candidates.reduce(into: [:]) { chosen, candidate in
      let scores = errors[candidate.key] ?? []
      let best = scores.indices.min { scores[$0] < scores[$1] } ?? 0
      chosen[candidate.key] = candidate.value[best]
    }
  }

  /// Tries each candidate on each sample: the tensor goes through int8, the nodes that read it run in
  /// float, and the relative squared errors at their results add up. A tensor that nobody reads (a
  /// network output) is measured itself.
  ///
  /// One node at a time is made ready to run, so that no second set of packed weights is kept. The sums
  /// of each sample are kept apart, so that they do not depend on how many samples come at once.
  private func measure(
    _ trials: [ValueID: [ActivationScales]], _ samples: [SampleValues]
  ) -> [[ValueID: [Double]]] {
    var errors = samples.map { values in
      [ValueID: [Double]](
        uniqueKeysWithValues: trials.map { value, scales in
          (value, scales.map { ownError(value, values[value], $0) })
        })
    }
    for node in graph.nodes {
      let reads = graph.activations(of: node)
      let tried = Set(reads).filter { trials[$0] != nil }
      guard !tried.isEmpty else { continue }
      let executor = NodeExecutor(node, in: graph, threads: options.threads)
      for (sample, values) in samples.enumerated() {
        for value in tried {
          for (candidate, scales) in (trials[value] ?? []).enumerated() {
            let trial = values[value].quantized(by: scales)
            let results = executor.results(reads.map { $0 == value ? trial : values[$0] })
            for (output, result) in zip(node.outputs, results) {
              errors[sample][value]?[candidate] += TrialError.relativeSquares(
                values[output], result)
            }
          }
        }
      }
    }
    return errors
  }

  /// The error that a candidate causes at the tensor itself; 0 where other nodes read it.
  private func ownError(
    _ value: ValueID, _ tensor: FloatTensor, _ scales: ActivationScales
  ) -> Double {
    if isLogits(value) {
      return TrialError.softmaxDivergence(tensor, tensor.quantized(by: scales))
    }
    guard readers[value.index].isEmpty else { return 0 }
    return TrialError.relativeSquares(tensor, tensor.quantized(by: scales))
  }

  /// Whether `value` is an output that only a softmax will read.
  private func isLogits(_ value: ValueID) -> Bool {
    options.outputs == .logits && graph.isOutput(value) && readers[value.index].isEmpty
  }

  /// Ranges without more and more of the lowest values, down to zero.
  private static func upperRanges(_ histogram: Histogram) -> [ClosedRange<Double>] {
    let full = histogram.range
    guard full.lowerBound < 0, full.upperBound > 0 else { return [] }
    return [0.75, 0.5, 0.25, 0].map { full.lowerBound * $0...full.upperBound }
  }
}
