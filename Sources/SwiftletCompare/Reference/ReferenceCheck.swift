import SwiftletGraph
import SwiftletImage

/// Holds a float network against what its owner says that it computes.
public enum ReferenceCheck {
  /// Runs the network on images and compares.
  ///
  /// - Parameters:
  ///   - graph: the float network after the passes `Pass.reference`.
  ///   - pipeline: how the images become its input.
  ///   - images: each with its row in the reference. Those that cannot be read are left out.
  ///   - reference: what is expected.
  ///   - threads: the result does not depend on it.
  ///   - progress: called with how many images are done.
  /// - Returns: how many images were compared.
  /// - Throws: `ReferenceDifference` for the first image with a difference beyond rounding.
  public static func run(
    _ graph: Graph, _ pipeline: ImagePipeline, _ images: [(row: Int, path: String)],
    _ reference: ReferenceOutputs, threads: Int?, progress: (Int) -> Void
  ) throws(ReferenceDifference) -> Int {
    let executor = FloatExecutor(graph, threads: threads)
    var pipeline = pipeline
    var count = 0
    for (index, image) in images.enumerated() {
      progress(index)
      guard let picture = try? pipeline.picture(image.path) else { continue }
      let outputs = executor.run([pipeline.tensor(picture)])[0].values
      if let difference = reference.difference(row: image.row, path: image.path, outputs) {
        throw difference
      }
      count += 1
    }
    return count
  }
}
