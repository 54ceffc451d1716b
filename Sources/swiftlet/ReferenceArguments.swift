import SwiftletCompare
import SwiftletGraph
import SwiftletRunCommands

/// `--reference`: what the network's owner says that it computes.
enum ReferenceArguments {
  /// Reads a reference for a list of images.
  static func read(
    _ path: String, _ dataset: Dataset, outputs: Int, levelStep: Float
  ) throws(WorkFailure) -> ReferenceOutputs {
    do throws(ReferenceError) {
      var outputs = try ReferenceOutputs(
        path: path, images: dataset.images.count, outputs: outputs)
      outputs.levelStep = levelStep
      return outputs
    } catch {
      throw WorkFailure("\(error)")
    }
  }

  /// Holds the float network against the reference, on the images that it is going to be calibrated with.
  ///
  /// - Returns: what was found, for people.
  /// - Throws: `WorkFailure` that names the first image on which they differ.
  static func check(
    _ graph: Graph, _ samples: CalibrationSamples, _ path: String, _ dataset: Dataset,
    threads: Int?, _ model: String, _ console: Console
  ) throws(WorkFailure) -> String {
    let outputs = graph.outputs.first.map { graph.shape(of: $0.value).count } ?? 0
    let reference = try read(
      path, dataset, outputs: outputs, levelStep: graph.outputForm.levelStep)
    do throws(ReferenceDifference) {
      try ReferenceCheck.run(
        graph, samples.tensors, samples.rows.map { (row: $0, path: dataset.images[$0].path) },
        reference, threads: threads
      ) { console.progress("checking the reference", done: $0, total: samples.count) }
    } catch {
      throw failure(error, model: model)
    }
    console.progress("checking the reference", done: 1, total: 1)
    return "\(path) agrees on \(Text.counted(samples.count, "image"))"
  }

  /// What is said of a network that its owner's is not.
  static func failure(_ difference: ReferenceDifference, model: String) -> WorkFailure {
    WorkFailure(
      "\(model) is not read as its owner runs it: \(difference); see whether preprocessing, --padding, "
        + "--bn-eps, --first-stride and --activation are those of training, or export it to ONNX")
  }
}
