import SwiftletGraph
import SwiftletInference
import SwiftletRuntime

extension Comparison {
  /// The float pipeline and the int8 tables of the bundle's preprocessing, once both networks' inputs are known to be what it makes.
  static func preprocessing(
    _ graph: Graph, _ model: Model, _ tensors: [TensorInfo]
  ) throws(CompareError) -> (ImagePipeline, PixelTables) {
    guard graph.inputs.count == 1, model.inputs.count == 1 else {
      throw .inputCount(float: graph.inputs.count, bundle: model.inputs.count)
    }
    guard let record = model.preprocessing(ofInput: 0) else { throw .noPreprocessing }
    let float = graph.shape(of: graph.inputs[0].value).image
    let bundle = image(tensors[model.inputs[0].tensor])
    guard float == bundle else { throw .inputShape(float: float, bundle: bundle) }
    do throws(InferenceError) {
      let preprocessor = try ImagePreprocessor(model, input: 0)
      let pipeline = ImagePipeline(
        geometry: preprocessor.geometry, normalization: record.normalization,
        layout: preprocessor.layout)
      return (pipeline, preprocessor.tables)
    } catch {
      throw CompareError(error)
    }
  }

  /// Finds, by the source name that every tensor carries, which tensors hold which float value.
  static func match(
    _ graph: Graph, _ tensors: [TensorInfo]
  ) -> (tensorsOfValue: [[Int]], unmatched: [String]) {
    var values: [String: ValueID] = [:]
    for port in graph.inputs { values[port.name] = port.value }
    for node in graph.nodes {
      for (index, output) in node.outputs.enumerated() {
        values[node.name(ofResult: index)] = output
      }
    }
    var tensorsOfValue = [[Int]](repeating: [], count: graph.valueCount)
    var unmatched: [String] = []
    for (index, tensor) in tensors.enumerated() {
      let source = String(tensor.source)
      if let value = values[source], graph.shape(of: value).count == tensor.elementCount {
        tensorsOfValue[value.index].append(index)
      } else {
        unmatched.append(source.isEmpty ? String(tensor.name) : source)
      }
    }
    return (tensorsOfValue, unmatched)
  }

  private static func image(_ tensor: TensorInfo) -> ImageShape {
    ImageShape(height: tensor.height, width: tensor.width, channels: tensor.channels)
  }
}
