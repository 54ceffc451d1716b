import SwiftletGraph
import Testing

@testable import SwiftletImport

/// Whole models, as a file is read.
@Suite("ONNX models") struct ONNXImporterTests {
  private func model(_ name: String) throws -> ONNXCase {
    try #require(ONNXOperatorTests.cases.first { $0.name == name })
  }

  /// Converters hand images over with their channels last, whatever the model has.
  @Test func channelsLastInput() throws {
    let test = try model("channels-last-input")
    var graph = try ONNXImporter.read(FileBytes(test.model), path: "m.onnx", size: nil).graph
    #expect(graph.shape(of: graph.inputs[0].value) == Shape(1, 3, 7, 9))
    try graph.apply(Pass.reference)
    #expect(graph.shape(of: graph.inputs[0].value) == Shape(1, 7, 9, 3))
    let transposes = graph.nodes.count { node in
      if case .transpose = node.operation { true } else { false }
    }
    #expect(transposes == 0)
    let input = try ONNXCase.array(test.inputs[0])
    let expected = try ONNXCase.array(test.outputs[0])
    let sample = FloatTensor(shape: Shape(input.shape), values: input.floats)
    let found = FloatExecutor(graph, threads: 1).run([sample])[0]
    #expect(found.shape == Shape(1, 7, 9, 4) && expected.shape == [1, 4, 7, 9])
    for pixel in 0..<63 {
      for channel in 0..<4 {
        let difference = found.values[pixel * 4 + channel] - expected.floats[channel * 63 + pixel]
        #expect(abs(difference) < 1e-5)
      }
    }
  }

  /// An open batch is 1, open sides are what is asked for, or 224.
  @Test func openExtents() throws {
    let bytes = FileBytes(try model("shape-arithmetic").model)
    let graph = try ONNXImporter.read(bytes, path: "m.onnx", size: nil).graph
    #expect(graph.shape(of: graph.inputs[0].value) == Shape(1, 3, 4, 5))
    do throws(ONNXProblem) {
      _ = try ONNXImporter.read(bytes, path: "m.onnx", size: 32)
      Issue.record("its size is fixed")
    } catch {
      #expect("\(error)".contains("--input 32 asks for another"))
    }
  }
}
