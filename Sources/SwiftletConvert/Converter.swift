import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// Turns a float graph into an int8 network: fold, calibrate, choose ranges, quantize, lower.
public enum Converter {
  /// Converts `graph`.
  ///
  /// A weight is held twice at most: in `graph`, which is changed in place if nobody else holds it,
  /// and packed; and a third time where it belongs to the one layer that is tried out.
  ///
  /// - Parameters:
  ///   - graph: the float network after the passes `Pass.reference`. Whoever keeps no copy of it saves
  ///     the memory of one.
  ///   - samples: at least one sample, each a tensor per graph input; 100 to 300 are usual. Each is
  ///     asked for several times, so that they need not all be in memory. None are needed for a network
  ///     that was quantized before and states all scales.
  ///   - options: how to choose ranges.
  ///   - progress: called with a stage's name, how much of it is done and how much there is.
  /// - Returns: the integer network, ready to be written.
  /// - Throws: `ConvertError` naming the layer, what was expected and what was found.
  public static func convert<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ graph: consuming Graph, calibration samples: Samples,
    options: ConversionOptions = ConversionOptions(),
    progress: ((String, Int, Int) -> Void)? = nil
  ) throws(ConvertError) -> ConvertedNetwork {
    var graph = graph
    let (quantization, best, share) = try quantize(&graph, samples, options, progress)
    return ConvertedNetwork(
      writer: try BundleBuilder.build(graph, quantization: quantization),
      meaning: options.outputs, notes: graph.notes,
      inputQuantization: graph.inputs.map { quantization[$0.value] },
      floatClasses: options.outputs == .logits ? best : [], trainingShare: share)
  }

  /// Refuses a network that has no integer form, before any image is needed.
  ///
  /// - Parameter graph: the float network after the passes `Pass.reference`.
  /// - Throws: `ConvertError.unsupported`, `.notFinite`, `.emptyNetwork`, `.outOfRange`.
  public static func check(_ graph: consuming Graph) throws(ConvertError) {
    var graph = graph
    _ = try makeInteger(&graph)
  }

  /// Brings a graph into its integer form.
  ///
  /// - Returns: the scales that it states itself.
  private static func makeInteger(_ graph: inout Graph) throws(ConvertError) -> FixedScales {
    do throws(PassError) {
      try graph.apply(Pass.integer)
    } catch {
      throw ConvertError(error)
    }
    let fixed = FixedScales(takenFrom: &graph)
    try graph.checkConvertible()
    return fixed
  }

  /// Brings the graph into its integer form, with corrected biases, and chooses all scales. The packed
  /// weights of the float reference are gone when it returns. With the scales come the place of
  /// the greatest output for each sample, and `Calibration.trainingShare`.
  private static func quantize<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ graph: inout Graph, _ samples: Samples, _ options: ConversionOptions,
    _ progress: ((String, Int, Int) -> Void)?
  ) throws(ConvertError) -> (TensorQuantization, [Int], Double?) {
    guard !graph.nodes.isEmpty, !graph.outputs.isEmpty else { throw .emptyNetwork }
    try requireMemory(graph.executionLength)
    var options = options
    options.threads = Memory.threads(
      options.threads ?? Platform.processorCount, beside: graph.executionLength)
    // The reference is packed before folding changes the weights in place.
    var executor = FloatExecutor(graph, threads: options.threads)
    // What was quantized before keeps its weights and scales.
    let isQuantized = graph.statesScales
    let equalization =
      isQuantized
      ? Equalization() : try Equalization.apply(to: &graph, samples: samples, executor: executor)
    if !equalization.factors.isEmpty { executor = FloatExecutor(graph, threads: options.threads) }
    let names = Calibration.names(graph)
    let spread = TrainingSpread(graph)
    let fixed = try makeInteger(&graph)
    try requireMemory(graph.trialLength)
    if samples.isEmpty, isQuantized {
      if let value = fixed.unknownValues(graph).first {
        throw .scaleUnknown(value: names[value] ?? "input")
      }
      let quantization = try TensorQuantization(
        graph, ranges: [:], calibration: Calibration(), fixed: fixed)
      return (quantization, [], nil)
    }

    let calibration = try Calibration(
      graph, names: names, spread: spread, samples: samples, executor: executor
    ) { progress?("calibrating", $0, $1) }
    let ranges = RangeChooser(graph, calibration: calibration, options: options).choose(
      samples: samples, executor: executor
    ) { progress?("choosing ranges", $0, $1) }
    let quantization = try TensorQuantization(
      graph, ranges: ranges, calibration: calibration, equalization: equalization, fixed: fixed)
    if options.correctsBias, !isQuantized {
      try BiasCorrection.apply(
        &graph, quantization: quantization, samples: samples, executor: executor,
        threads: options.threads
      ) { progress?("correcting biases", $0, $1) }
    }
    return (quantization, calibration.bestOutputs, calibration.trainingShare)
  }

  private static func requireMemory(_ count: Int) throws(ConvertError) {
    // And some more for what is small: histograms, the lists of nodes and values.
    let sum = Memory.sum([count, count / 16, 12 << 20])
    if !Memory.isAvailable(sum) { throw .outOfMemory(byteCount: sum) }
  }
}
