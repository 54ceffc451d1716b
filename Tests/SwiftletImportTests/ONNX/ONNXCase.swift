import Foundation
import SwiftletGraph
import Testing

@testable import SwiftletImport

/// A small model with its inputs and what it computes, as `Tools/fixtures/make_onnx.py` writes them.
struct ONNXCase: Sendable, CustomTestStringConvertible {
  let name: String
  let model: [UInt8]
  /// TensorProto messages.
  var inputs: [[UInt8]] = []
  var outputs: [[UInt8]] = []

  var testDescription: String { name }

  /// Reads all cases of a file.
  static func load(_ path: String) throws -> [ONNXCase] {
    var cases: [ONNXCase] = []
    var name = ""
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      func bytes() throws -> [UInt8] {
        [UInt8](try #require(Data(base64Encoded: words.count > 1 ? String(words[1]) : "")))
      }
      switch words[0] {
      case "case": name = String(words[1])
      case "model": cases.append(ONNXCase(name: name, model: try bytes()))
      case "input": cases[cases.count - 1].inputs.append(try bytes())
      default: cases[cases.count - 1].outputs.append(try bytes())
      }
    }
    return cases
  }

  /// What became of a case.
  enum Outcome: Equatable {
    case passed
    case failed(String)
    case leftOut(String)
  }

  /// Imports the model and holds what it computes against the outputs. With `constantInputs` all inputs but
  /// the first are constants, as weights are in models.
  func run(constantInputs: Bool = false, tolerance: Float = 1e-5) throws -> Outcome {
    do throws(ONNXProblem) {
      let file = FileBytes(model)
      let parsed = try ONNXReader.read(file)
      var builder = ONNXBuilder(parsed, file, folder: "")
      for tensor in parsed.graph.initializers { builder.define(tensor.name, .tensor(tensor)) }
      let names = Set(parsed.graph.initializers.map(\.name))
      var samples: [FloatTensor] = []
      let ports = parsed.graph.inputs.filter { !names.contains($0.name) }
      for (index, (info, bytes)) in zip(ports, inputs).enumerated() {
        let array = try Self.array(bytes)
        if array.integers != nil || array.shape.contains(0) || constantInputs && index > 0 {
          builder.define(info.name, .array(array))
          continue
        }
        let shape = Shape(array.shape)
        builder.define(
          info.name, .value(builder.graph.addInput(info.name.text, shape: shape)))
        samples.append(FloatTensor(shape: shape, values: array.floats))
      }
      try builder.append(try ONNXImporter.needed(parsed.graph))
      return try compare(builder, parsed, samples, tolerance)
    } catch {
      return .leftOut("\(error)")
    }
  }

  private func compare(
    _ builder: ONNXBuilder, _ model: ONNXModel, _ samples: [FloatTensor], _ tolerance: Float
  ) throws(ONNXProblem) -> Outcome {
    var builder = builder
    var found: [ONNXArray?] = []
    // Of integers that the network computes, the graph has what they mean.
    var roundings: [FakeQuantize?] = []
    for info in model.graph.outputs {
      switch builder.value(named: info.name) {
      case .array(let array): found.append(array)
      case .tensor(let tensor): found.append(try builder.array(tensor))
      case .value(let value):
        builder.graph.addOutput(info.name.text, value: value)
        roundings.append(builder.rounding(of: value))
        found.append(nil)
      case .scores: return .leftOut("places of the greatest elements are not computed")
      case nil: return .failed("output \(info.name.text) is not there")
      }
    }
    var results = zip(FloatExecutor(builder.graph, threads: 1).run(samples), roundings)
      .makeIterator()
    for (index, bytes) in outputs.enumerated() {
      var expected = try Self.array(bytes)
      let computed: (shape: [Int], values: [Float])
      if let array = found[index] {
        computed = (array.shape, array.floats)
      } else if let (result, rounding) = results.next() {
        computed = (result.shape.dimensions, result.values)
        if let rounding, let levels = expected.integers {
          let zero = Int64(rounding.zeroPoint + (expected.type == .uint8 ? 128 : 0))
          expected = ONNXArray(
            levels.map { rounding.scale * Float($0 - zero) }, shape: expected.shape)
        }
      } else {
        return .failed("output \(index) is not computed")
      }
      guard computed.shape == expected.shape else {
        return .failed("output \(index) is \(computed.shape), expected \(expected.shape)")
      }
      let largest = max(expected.floats.map(abs).max() ?? 0, 1e-3)
      for (place, (a, b)) in zip(computed.values, expected.floats).enumerated() {
        let isSame = a == b || a.isNaN && b.isNaN || abs(a - b) <= tolerance * largest
        if !isSame { return .failed("output \(index), element \(place) is \(a), expected \(b)") }
      }
    }
    return .passed
  }

  static func array(_ bytes: [UInt8]) throws(ONNXProblem) -> ONNXArray {
    // A tensor by itself is read as one in an attribute is.
    let file = FileBytes(bytes)
    let reader = ONNXReader(file: file)
    return try ONNXArray(
      try reader.tensor(ProtobufMessage(file, 0..<file.count)), file, folder: "")
  }
}
