import SwiftletConvert
import SwiftletGraph
import SwiftletImport
import SwiftletRunCommands

/// The float network that conversion and comparison start from.
enum FloatReference {
  /// Takes the graph out of `network`, so that its weights are held once, and brings it into the form
  /// of the float reference.
  ///
  /// - Throws: `WorkFailure` that names `model` and the layer.
  static func take(
    from network: inout ImportedNetwork, model: String
  ) throws(WorkFailure) -> Graph {
    var graph = network.takeGraph()
    do throws(PassError) {
      try graph.apply(Pass.reference)
    } catch {
      throw WorkFailure("\(model): \(ConvertError(error))")
    }
    return graph
  }
}
