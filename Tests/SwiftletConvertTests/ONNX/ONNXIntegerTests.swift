import Foundation
import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert
@testable import SwiftletImport
@testable import SwiftletRuntime

/// A model of `SwiftletImportTests/Fixtures/onnx.txt` and its input.
struct ONNXNetwork: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// After the passes `Pass.reference`.
  let graph: Graph
  let sample: FloatTensor

  /// All models of the file that have one input of floats.
  static func load() throws -> [ONNXNetwork] {
    let path = repositoryRoot + "/Tests/SwiftletImportTests/Fixtures/onnx.txt"
    var networks: [ONNXNetwork] = []
    var (name, model) = ("", [UInt8]())
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      func bytes() throws -> [UInt8] {
        [UInt8](try #require(Data(base64Encoded: String(words[1]))))
      }
      switch words[0] {
      case "case": name = String(words[1])
      case "model": model = try bytes()
      case "input": networks.append(try ONNXNetwork(name, model, try bytes()))
      default: break
      }
    }
    return networks
  }

  private init(_ name: String, _ model: [UInt8], _ input: [UInt8]) throws {
    testDescription = name
    var graph = try ONNXImporter.read(FileBytes(model), path: "m.onnx", size: nil).graph
    let file = FileBytes(input)
    let array = try ONNXArray(
      try ONNXReader(file: file).tensor(ProtobufMessage(file, 0..<file.count)), file, folder: "")
    let isImage = graph.shape(of: graph.inputs[0].value).rank == 4
    let isFirst = graph.shape(of: graph.inputs[0].value).dimensions == array.shape
    try graph.apply(Pass.reference)
    self.graph = graph
    let shape = graph.shape(of: graph.inputs[0].value)
    var values = array.floats
    if isImage && isFirst && shape.dimensions != array.shape {
      let (channels, area) = (array.shape[1], array.shape[2] * array.shape[3])
      values = (0..<values.count).map { values[$0 % channels * area + $0 / channels] }
    }
    sample = FloatTensor(shape: shape, values: values)
  }
}

/// Every operator of the ONNX importer in integers, against the float network on what the input's levels
/// mean.
@Suite("ONNX operators in integers") struct ONNXIntegerTests {
  /// Not one of them has a form in integers, each for one reason.
  private static let refusals: [String: String] = [:]

  @Test func agreeWithTheFloatNetwork() throws {
    var (alone, several) = (0, 0)
    var refused: [String: String] = [:]
    for network in try ONNXNetwork.load() {
      let name = network.testDescription
      let model: Model
      do {
        var options = ConversionOptions()
        options.method = .minmax
        options.correctsBias = false
        let samples = network.graph.statesScales ? [] : [[network.sample]]
        model = try deploy(network.graph, calibration: samples, options: options)
      } catch let error as ConvertError {
        refused[name] = "\(error)"
        continue
      }
      // What the integers are computed from.
      let info = model.tensor(model.inputs[0].tensor)
      let record = info.quantization(0)
      let rounded = network.sample.values.map {
        Float(record.dequantize(record.quantize(Double($0))))
      }
      let expected = FloatExecutor(network.graph, threads: 1)
        .run([FloatTensor(shape: network.sample.shape, values: rounded)])
      let found = run(try Interpreter(model), [network.sample])
      if model.operations.count == 1 { alone += 1 } else { several += 1 }
      for (index, (integers, floats)) in zip(found, expected).enumerated() {
        let scale = Double(
          model.tensor(model.outputs[index].tensor).quantization(0).scale)
        let steps = zip(integers, floats.values).map { abs($0 - Double($1)) / scale }.max() ?? 0
        let limit = model.operations.count == 1 ? 1.02 : 4
        #expect(steps <= limit, "\(name), output \(index): \(steps) steps")
      }
    }
    for (name, reason) in refused.sorted(by: { $0.key < $1.key }) {
      print("REFUSED \(name): \(reason)")
    }
    print("alone \(alone), several \(several)")
    #expect(alone > 50)
  }
}
