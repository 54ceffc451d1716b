import SwiftletGraph

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
