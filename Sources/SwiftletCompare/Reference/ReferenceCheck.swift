import SwiftletGraph

/// Holds a float network against what its owner says that it computes.
public enum ReferenceCheck {
  /// Runs the network on inputs and compares.
  ///
  /// - Parameters:
  ///   - graph: the float network after the passes `Pass.reference`.
  ///   - samples: for each image the tensors of the network's inputs.
  ///   - images: for each its row in the reference and its path.
  ///   - reference: what is expected.
  ///   - threads: the result does not depend on it.
  ///   - progress: called with how many images are done.
  /// - Throws: `ReferenceDifference` for the first image with a difference beyond rounding.
  public static func run(
    _ graph: Graph, _ samples: some Sequence<[FloatTensor]>, _ images: [(row: Int, path: String)],
    _ reference: ReferenceOutputs, threads: Int?, progress: (Int) -> Void
  ) throws(ReferenceDifference) {
    let executor = FloatExecutor(graph, threads: threads)
    for (index, (sample, image)) in zip(samples, images).enumerated() {
      progress(index)
      let outputs = executor.run(sample)[0]
      if let difference = reference.difference(
        row: image.row, path: image.path, outputs.values, shape: outputs.shape)
      {
        throw difference
      }
    }
  }
}
