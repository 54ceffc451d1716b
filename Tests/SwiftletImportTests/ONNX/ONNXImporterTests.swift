import SwiftletGraph
import SwiftletTestSupport
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

  private func node(_ name: String, _ inputs: [String], _ outputs: [String]) -> [UInt8] {
    var names: [UInt8] = inputs.flatMap { Protobuf.text(1, $0) }
    names += outputs.flatMap { Protobuf.text(2, $0) }
    // Along the last dimension: an integer (3) of type 2 (20).
    var axis: [UInt8] = Protobuf.text(1, "axis")
    axis += [0x18, 1, 0xA0, 0x01, 2]
    var node: [UInt8] = names
    node += Protobuf.text(4, name)
    node += Protobuf.field(5, axis)
    return Protobuf.field(1, node)
  }

  /// A model of an input x of 1 × 10 and the constant k, which is 3.
  private func model(_ nodes: [UInt8], outputs: [String]) -> [UInt8] {
    var extents: [UInt8] = []
    for extent in [1, 10] { extents += Protobuf.field(1, [0x08] + Protobuf.varint(extent)) }
    let elements: [UInt8] = [0x08, 1] + Protobuf.field(2, extents)
    let type = Protobuf.field(2, Protobuf.field(1, elements))
    let three: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0]
    var constant: [UInt8] = [0x08, 1, 0x10, 7]
    constant += Protobuf.text(8, "k")
    constant += Protobuf.field(9, three)
    var graph = nodes + Protobuf.field(5, constant)
    graph += Protobuf.field(11, Protobuf.text(1, "x") + type)
    for output in outputs { graph += Protobuf.field(12, Protobuf.text(1, output)) }
    var model: [UInt8] = [0x08, 8]
    model += Protobuf.field(8, [0x10] + Protobuf.varint(17))
    model += Protobuf.field(7, graph)
    return model
  }

  /// The best class or the best few at the end: the scores are the output, once. Elsewhere they are refused.
  @Test(arguments: ["ArgMax", "TopK"])
  func bestAtTheEnd(_ name: String) throws {
    let results = name == "TopK" ? 2 : 1
    let outputs = ["y", "z"].prefix(results)
    func model(_ more: [UInt8]) -> [UInt8] {
      var nodes = node("Relu", ["x"], ["r"])
      nodes += node(name, name == "TopK" ? ["r", "k"] : ["r"], Array(outputs))
      nodes += more
      return self.model(nodes, outputs: more.isEmpty ? Array(outputs) : ["w"])
    }
    let result = try ONNXImporter.read(FileBytes(model([])), path: "m.onnx", size: nil)
    #expect(result.graph.outputs.map(\.name) == ["y"])
    #expect(result.graph.shape(of: result.graph.outputs[0].value) == Shape(1, 10))
    #expect(result.notes.contains { $0.hasPrefix("\(name) y is left out") })
    do throws(ONNXProblem) {
      let bytes = model(node("Relu", ["y"], ["w"]))
      _ = try ONNXImporter.read(FileBytes(bytes), path: "m.onnx", size: nil)
      Issue.record("a layer read places")
    } catch {
      #expect("\(error)".contains("which only outputs may be"))
    }
  }
}
