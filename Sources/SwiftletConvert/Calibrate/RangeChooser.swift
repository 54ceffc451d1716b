import SwiftletGraph
import SwiftletRuntime

/// Chooses the range of every int8 tensor.
struct RangeChooser {
  private let network: FusedNetwork
  private let calibration: Calibration
  private let options: ConversionOptions
  /// Samples on which `auto` measures; more change little.
  private static let trialCount = 16

  init(_ network: FusedNetwork, calibration: Calibration, options: ConversionOptions) {
    self.network = network
    self.calibration = calibration
    self.options = options
  }

  /// A range per stored value that needs one (gates and max-pool results do not).
  func choose<Samples: RandomAccessCollection<[FloatTensor]>>(
    samples: Samples, executor: FloatExecutor, progress: (Int, Int) -> Void
  ) throws(ConvertError) -> [ValueID: ClosedRange<Double>] {
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
      ranges = try measure(candidates, samples: samples, executor: executor, progress: progress)
    }
    if let inputRange = options.inputRange {
      for port in network.graph.inputs { ranges[port.value] = inputRange }
    }
    return ranges
  }

  /// Values whose range calibration decides.
  private var freeValues: [ValueID] {
    var values = network.graph.inputs.map(\.value)
    for layer in network.layers where !layer.hasFixedOutput { values.append(layer.output) }
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

  /// Tries each candidate: the tensor goes through int8, the layers that read it run in float, and
  /// the relative squared errors at their outputs add up. A tensor that nobody reads (a network
  /// output) is measured itself.
  private func measure<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ candidates: [ValueID: [ClosedRange<Double>]], samples: Samples,
    executor: FloatExecutor, progress: (Int, Int) -> Void
  ) throws(ConvertError) -> [ValueID: ClosedRange<Double>] {
    var errors = candidates.mapValues { [Double](repeating: 0, count: $0.count) }
    let evaluators = try evaluators()
    let trials = Self.spread(samples, count: Self.trialCount)
    for (index, place) in trials.enumerated() {
      let sample = samples[place]
      let values = SampleValues(network, sample: sample, executor: executor)
      for (value, ranges) in candidates where ranges.count > 1 {
        let readers = network.layers.indices.filter { network.layers[$0].reads.contains(value) }
        for (candidate, range) in ranges.enumerated() {
          let scales = PerChannel.scales(
            covering: range, channels: calibration.channelRanges[value])
          let trial = values[value].quantized(by: scales)
          var error = 0.0
          if isLogits(value) {
            error = TrialError.softmaxDivergence(values[value], trial)
          } else if readers.isEmpty {
            error = TrialError.relativeSquares(values[value], trial)
          }
          for reader in readers {
            let layer = network.layers[reader]
            let inputs = layer.reads.map { $0 == value ? trial : values[$0] }
            let result = evaluators[reader].run(inputs)
            error += TrialError.relativeSquares(values[layer.output], result)
          }
          errors[value]?[candidate] += error
        }
      }
      progress(index + 1, trials.count)
    }
    var chosen: [ValueID: ClosedRange<Double>] = [:]
    for (value, ranges) in candidates {
      let scores = errors[value] ?? []
      let best = scores.indices.min { scores[$0] < scores[$1] } ?? 0
      chosen[value] = ranges[best]
    }
    return chosen
  }

  /// Whether `value` is an output that only a softmax will read.
  private func isLogits(_ value: ValueID) -> Bool {
    options.outputsAreLogits && network.outputs.contains { $0.value == value }
      && !network.layers.contains { $0.reads.contains(value) }
  }

  /// Ranges without more and more of the lowest values, down to zero.
  private static func upperRanges(_ histogram: Histogram) -> [ClosedRange<Double>] {
    let full = histogram.range
    guard full.lowerBound < 0, full.upperBound > 0 else { return [] }
    return [0.75, 0.5, 0.25, 0].map { full.lowerBound * $0...full.upperBound }
  }

  private func evaluators() throws(ConvertError) -> [LayerEvaluator] {
    var result: [LayerEvaluator] = []
    for layer in network.layers {
      result.append(try LayerEvaluator.make(layer, in: network.graph, threads: options.threads))
    }
    return result
  }

  /// Where `count` samples stand, evenly spread, or all if there are no more.
  static func spread<Samples: RandomAccessCollection>(
    _ samples: Samples, count: Int
  ) -> [Samples.Index] {
    guard samples.count > count else { return Array(samples.indices) }
    return (0..<count).map {
      samples.index(samples.startIndex, offsetBy: $0 * samples.count / count)
    }
  }
}

extension FusedLayer {
  /// Whether the output's quantization does not come from calibration: gates have the range 0…1,
  /// a maximum keeps its input's.
  var hasFixedOutput: Bool {
    switch kind {
    case .maxPool: true
    case .lookup(let activation): activation == .hardSigmoid || activation == .sigmoid
    case .convolution, .fullyConnected, .add, .multiply, .averagePool, .globalAveragePool, .concat:
      activation == .hardSigmoid
    }
  }

  /// Whether the output is a gate: 0…1 as −128…127.
  var isGate: Bool {
    if case .maxPool = kind { return false }
    return hasFixedOutput
  }
}

extension LayerEvaluator {
  /// `init` with the error that cannot happen turned into ours.
  static func make(
    _ layer: FusedLayer, in graph: Graph, threads: Int?, withActivation: Bool = true
  ) throws(ConvertError) -> LayerEvaluator {
    do {
      return try LayerEvaluator(layer, in: graph, threads: threads, withActivation: withActivation)
    } catch {
      throw .outOfRange(layer: layer.name, what: "\(error)")
    }
  }
}
