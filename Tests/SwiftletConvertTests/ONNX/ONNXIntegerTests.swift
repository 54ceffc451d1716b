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
  /// What has no form in integers, and why. Where there is neither convolution nor pool nothing says which
  /// dimension the channels are, so that constants for each channel stay constants.
  private static let refusals: [(reason: String, names: [String])] = [
    (
      "may be constants",
      [
        "Add-channels", "Div-channels", "Mul-channels", "PRelu", "QLinearAdd", "QLinearConcat",
        "QLinearMul", "Sub-channels", "Sub-from", "Sum", "Sum-constants", "constant-arithmetic",
        "constant-fields", "constant-float16", "constant-float64", "constant-half-fields",
      ]
    ),
    // Nothing is left but the softmax, a change of shape, or a rounding.
    (
      "the network has no layers",
      [
        "Cast", "Clip-open", "Dropout", "Flatten", "Identity", "LogSoftmax", "LogSoftmax-last",
        "QLinearSoftmax",
        "Softmax-channels", "Softmax-last", "Softmax-old", "qdq-default", "qdq-int8", "qdq-uint8",
        "shape-arithmetic",
      ]
    ), ("a dilated pool", ["max-pool-dilated"]), ("whose range is not known", ["qdq-weights"]),
  ]

  private enum Outcome {
    case refused(String)
    /// The largest distance in levels of one operation without weights.
    case nearest(steps: Double)
    /// The signal-to-noise ratio of several operations, or of rounded weights, in decibels.
    case close(decibels: Double)
  }

  @Test(arguments: try ONNXNetwork.load()) func agreesWithTheFloatNetwork(
    _ network: ONNXNetwork
  ) throws {
    let expected = Self.refusals.first { $0.names.contains(network.testDescription) }?.reason
    switch try outcome(network) {
    case .refused(let reason):
      #expect(expected.map { reason.contains($0) } ?? false, "\(reason)")
    case .nearest(let steps):
      // Half a level, and what the bits of a multiplier leave open between two.
      #expect(expected == nil && steps <= 1.02)
    case .close(let decibels):
      // The sum of 63 pixels is their mean, rounded to levels, times 63.
      #expect(expected == nil && decibels >= (network.testDescription == "ReduceSum" ? 20 : 25))
    }
  }

  private func outcome(_ network: ONNXNetwork) throws -> Outcome {
    let model: Model
    do {
      var options = ConversionOptions()
      options.method = .minmax
      options.correctsBias = false
      let samples = network.graph.statesScales ? [] : [[network.sample]]
      model = try deploy(network.graph, calibration: samples, options: options)
    } catch let error as ConvertError {
      return .refused("\(error)")
    }
    // What the integers are computed from.
    let record = model.tensor(model.inputs[0].tensor).quantization(0)
    let rounded = network.sample.values.map {
      Float(record.dequantize(record.quantize(Double($0))))
    }
    let floats = FloatExecutor(network.graph, threads: 1)
      .run([FloatTensor(shape: network.sample.shape, values: rounded)])
    let integers = run(try Interpreter(model), [network.sample])
    var (largest, signal, noise) = (0.0, 1e-9, 1e-9)
    for (index, port) in model.outputs.enumerated() {
      let record = model.tensor(port.tensor).quantization(0)
      for (found, value) in zip(integers[index], floats[index].values) {
        // Rounding the input may lead past what calibration saw.
        let expected = min(
          max(Double(value), record.dequantize(-128)), record.dequantize(127))
        largest = max(largest, abs(found - expected) / Double(record.scale))
        signal += expected * expected
        noise += (found - expected) * (found - expected)
      }
    }
    let isOne = model.operations.count == 1 && model.operations[0].macCount == 0
    return isOne ? .nearest(steps: largest) : .close(decibels: 10 * log10(signal / noise))
  }

  /// Most are held against the float network.
  @Test func mostHaveAFormInIntegers() throws {
    let refused = Self.refusals.reduce(0) { $0 + $1.names.count }
    #expect(refused == 33)
    #expect(try ONNXNetwork.load().count - refused >= 124)
  }
}
