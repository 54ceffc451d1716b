import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// Turns a float graph into an int8 network: fold, calibrate, choose ranges, quantize, lower.
public enum Converter {
  /// Converts `graph`.
  ///
  /// - Parameters:
  ///   - graph: the float network, batch-norm and activations unfused.
  ///   - samples: at least one sample, each a tensor per graph input; 100 to 300 are usual. Each is
  ///     asked for several times, so that they need not all be in memory.
  ///   - options: how to choose ranges.
  ///   - progress: called with a stage's name, how much of it is done and how much there is.
  /// - Returns: the integer network, ready to be written.
  /// - Throws: `ConvertError` naming the layer, what was expected and what was found.
  public static func convert<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ graph: Graph, calibration samples: Samples,
    options: ConversionOptions = ConversionOptions(),
    progress: ((String, Int, Int) -> Void)? = nil
  ) throws(ConvertError) -> ConvertedNetwork {
    try requireMemory(graph.weightsLength)
    let fused = try Fuser.fuse(graph)
    try requireMemory(memory(fused))
    var options = options
    options.threads = Memory.threads(
      options.threads ?? Platform.coreCount(), beside: memory(fused))
    let executor = FloatExecutor(graph, threads: options.threads)
    let calibration = try Calibration(fused, samples: samples, executor: executor) {
      progress?("calibrating", $0, $1)
    }
    let ranges = try RangeChooser(fused, calibration: calibration, options: options).choose(
      samples: samples, executor: executor
    ) { progress?("choosing ranges", $0, $1) }
    let quantization = TensorQuantization(fused, ranges: ranges, calibration: calibration)

    var corrected = fused
    if options.correctsBias {
      corrected = try BiasCorrection.apply(
        fused, quantization: quantization, samples: samples, executor: executor,
        threads: options.threads
      ) { progress?("correcting biases", $0, $1) }
    }
    let writer = try Lowering.lower(corrected, quantization: quantization)
    return ConvertedNetwork(
      writer: writer, notes: fused.notes,
      inputQuantization: quantization[graph.inputs[0].value])
  }

  /// Bytes, about, that a conversion takes up beside `network`: the weights packed for running,
  /// quantized, and packed again in both forms, and all values of one sample that will be int8
  /// tensors, beside those that running itself needs; and some more for what is small.
  private static func memory(_ network: FusedNetwork) -> Int {
    let graph = network.graph
    let values = Memory.floats(network.storedValues.map { graph.shape(of: $0).count })
    let weights = graph.weightsLength
    let large = Memory.sum([weights, weights, weights, values, graph.executionLength])
    return Memory.sum([large, large / 16, 4 << 20])
  }

  private static func requireMemory(_ count: Int) throws(ConvertError) {
    if !Memory.isAvailable(count) { throw .outOfMemory(byteCount: count) }
  }
}
