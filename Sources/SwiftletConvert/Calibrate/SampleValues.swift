import SwiftletGraph
import SwiftletPlatform

/// The stored values of one sample, kept to try quantization on.
struct SampleValues {
  private var tensors: [ValueID: FloatTensor] = [:]

  init(_ graph: Graph, sample: [FloatTensor], executor: FloatExecutor) {
    let wanted = Set(graph.storedValues)
    var kept: [ValueID: FloatTensor] = [:]
    _ = executor.run(sample) { value, tensor in
      if wanted.contains(value) { kept[value] = tensor }
    }
    tensors = kept
  }

  /// The float tensor of a value that the graph stores.
  subscript(value: ValueID) -> FloatTensor {
    guard let tensor = tensors[value] else {
      preconditionFailure("value \(value.index) is not stored")
    }
    return tensor
  }
}

/// Tries out layers on some samples, the stored values of several of which are held at once: a layer's
/// weights are then packed once for all of them.
struct SampleTrial {
  /// Samples on which layers are tried out; more change little.
  static let sampleCount = 16

  private let graph: Graph
  private let executor: FloatExecutor
  private let batchSize: Int

  /// `executor` runs the float reference of `graph`.
  init(_ graph: Graph, executor: FloatExecutor) {
    self.graph = graph
    self.executor = executor
    batchSize = graph.trialBatchSize
  }

  /// Calls `body` with the values of some samples after the others, in the samples' order, until
  /// `sampleCount` samples, evenly spread, have come.
  ///
  /// - Returns: how many there were.
  func forEachBatch<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ samples: Samples, progress: (Int, Int) -> Void, _ body: ([SampleValues]) -> Void
  ) -> Int {
    let places = samples.spreadIndices(Self.sampleCount)
    for start in stride(from: 0, to: places.count, by: batchSize) {
      let batch = places[start..<min(start + batchSize, places.count)]
      body(batch.map { SampleValues(graph, sample: samples[$0], executor: executor) })
      progress(start + batch.count, places.count)
    }
    return places.count
  }
}

extension Graph {
  /// Bytes of the values of one sample that will be int8 tensors.
  var storedValuesLength: Int { Memory.floats(storedValues.map { shape(of: $0).count }) }

  /// Bytes, about, that a conversion takes up beside the graph and its executor: all values of one
  /// sample that will be int8 tensors, and what a layer takes that is tried out; or less, when all
  /// this is gone, the packed int8 weights.
  var trialLength: Int { Memory.sum([storedValuesLength, layerTrialLength]) }

  /// Bytes, about, of the layer that takes most when it is tried out: its weights, rounded, and those
  /// packed, its input through int8, and its result twice.
  private var layerTrialLength: Int {
    nodes.map { node in
      let weights = node.operation.definition.linear.map {
        shape(of: node.inputs[$0.weightInput]).count
      }
      let inputs = activations(of: node).map { shape(of: $0).count }
      let outputs = node.outputs.map { shape(of: $0).count }
      return Memory.floats([weights ?? 0, weights ?? 0] + inputs + outputs + outputs)
    }.max() ?? 0
  }

  /// How many samples' values are held at once: as many as take a quarter of what the weights take, and
  /// as many as there is memory for.
  fileprivate var trialBatchSize: Int {
    let sample = max(1, storedValuesLength)
    var size = min(max(weightsLength / 4 / sample, 1), SampleTrial.sampleCount)
    while size > 1 && !Memory.isAvailable(Memory.sum([size * sample, layerTrialLength, 4 << 20])) {
      size /= 2
    }
    return size
  }
}
