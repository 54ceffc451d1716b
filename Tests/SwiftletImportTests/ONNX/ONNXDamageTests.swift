import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// Whatever the bytes are: a graph or an error, never a trap, never much memory.
@Suite("ONNX: damaged and hostile files", .timeLimit(.minutes(15))) struct ONNXDamageTests {
  /// Of different makes: shape arithmetic, functions, a condition, constants in fields, windows.
  private static let names = [
    "conv-groups", "shape-arithmetic", "padding-arithmetic", "functions", "if", "constant-fields",
    "max-pool-ceil-pads", "Split-input", "Slice-steps", "Resize-corners-sizes", "h-swish-product",
  ]

  private static let models = ONNXOperatorTests.cases.filter { names.contains($0.name) }

  private func read(_ bytes: [UInt8]) -> ONNXProblem? {
    do throws(ONNXProblem) {
      _ = try ONNXImporter.read(FileBytes(bytes), path: "model.onnx", size: nil)
      return nil
    } catch {
      return error
    }
  }

  @Test func theFilesAreRead() {
    #expect(Self.models.count == Self.names.count)
    for test in Self.models { #expect(read(test.model) == nil, "\(test.name)") }
  }

  @Test(arguments: models) func everyTruncation(_ test: ONNXCase) {
    for length in 0..<test.model.count { _ = read(Array(test.model[..<length])) }
    #expect(read(Array(test.model[..<(test.model.count / 2)])) != nil)
  }

  @Test(arguments: models) func everyByteChanged(_ test: ONNXCase) {
    for place in test.model.indices {
      for change: UInt8 in [1, 0x80, 0xFF] {
        var bytes = test.model
        bytes[place] ^= change
        _ = read(bytes)
      }
    }
  }

  @Test(arguments: models) func severalBytesChanged(_ test: ONNXCase) {
    var random = SplitMix64(seed: UInt64(test.model.count))
    for _ in 0..<1000 {
      var bytes = test.model
      for _ in 0..<4 {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      _ = read(bytes)
    }
  }

  private func node(_ operation: String, _ inputs: [String], _ outputs: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for input in inputs { bytes += Protobuf.text(1, input) }
    for output in outputs { bytes += Protobuf.text(2, output) }
    return Protobuf.field(1, bytes + Protobuf.text(4, operation))
  }

  /// A model of operator set 17 around a graph with the input x, 1×3×8×8, and the output y.
  private func model(_ graph: [UInt8], version: Int = 17) -> [UInt8] {
    var extents: [UInt8] = []
    for extent in [1, 3, 8, 8] { extents += Protobuf.field(1, [0x08] + Protobuf.varint(extent)) }
    let type = Protobuf.field(2, Protobuf.field(1, [0x08, 1] + Protobuf.field(2, extents)))
    let ports =
      Protobuf.field(11, Protobuf.text(1, "x") + type) + Protobuf.field(12, Protobuf.text(1, "y"))
    var bytes: [UInt8] = [0x08, 8]
    bytes += Protobuf.field(8, [0x10] + Protobuf.varint(version))
    bytes += Protobuf.field(7, graph + ports)
    return bytes
  }

  private func message(_ bytes: [UInt8]) -> String { read(bytes).map { "\($0)" } ?? "none" }

  @Test func hostileStructure() {
    #expect(read(model(node("Relu", ["x"], ["y"]))) == nil)
    // What reads itself, or what is computed later.
    #expect(message(model(node("Add", ["x", "y"], ["y"]))).contains("nothing before it computes"))
    let cycle = node("Add", ["x", "b"], ["y"]) + node("Relu", ["y"], ["b"])
    #expect(message(model(cycle)).contains("nothing before it computes its input 'b'"))
    let twice = node("Relu", ["x"], ["y"]) + node("Relu", ["x"], ["y"])
    #expect(message(model(twice)).contains("two nodes compute 'y'"))
    #expect(message(model(node("Relu", [], ["y"]))).contains("reads no input"))
    #expect(message(model(node("Nonsense", ["x"], ["y"]))).contains("(Nonsense) is not supported"))
    #expect(message(model(node("Relu", ["x"], ["z"]))).contains("nothing computes the output 'y'"))
    for version in [0, 6, 24, Int.max] {
      #expect(message(model(node("Relu", ["x"], ["y"]), version: version)).contains("operator set"))
    }
    let long = String(repeating: "x", count: 5000)
    #expect(message(model(node(long, ["x"], ["y"]))).contains("5000 bytes"))
  }

  @Test func graphsWithinGraphs() {
    var inner: [UInt8] = node("Relu", ["x"], ["y"])
    for _ in 0..<200 {
      // Attribute then_branch, a graph of one If.
      inner = Protobuf.field(
        1,
        Protobuf.text(4, "If")
          + Protobuf.field(5, Protobuf.text(1, "then_branch") + Protobuf.field(6, inner)))
    }
    #expect(message(model(inner)).contains("more than 16 deep"))
  }

  /// Functions that call functions twice each are 2³⁰ nodes in two kilobytes.
  @Test func functionsThatGrow() {
    var functions: [UInt8] = []
    for level in 0..<30 {
      func call(_ input: String, _ output: String) -> [UInt8] {
        level == 0
          ? Protobuf.field(
            7, Protobuf.text(1, input) + Protobuf.text(2, output) + Protobuf.text(4, "Relu"))
          : Protobuf.field(
            7,
            Protobuf.text(1, input) + Protobuf.text(2, output) + Protobuf.text(4, "f\(level - 1)")
              + Protobuf.text(7, "own"))
      }
      var body: [UInt8] = Protobuf.text(1, "f\(level)")
      body += Protobuf.text(4, "a") + Protobuf.text(5, "c")
      body += call("a", "b") + call("b", "c")
      body += Protobuf.text(10, "own")
      // Field 25 has a tag of two bytes.
      functions += [0xCA, 0x01]
      functions += Protobuf.varint(body.count) + body
    }
    let top = Protobuf.field(
      1,
      Protobuf.text(1, "x") + Protobuf.text(2, "y") + Protobuf.text(4, "f29")
        + Protobuf.text(7, "own"))
    #expect(message(model(top) + functions).contains("more than"))
  }

  /// A constant of 2⁴⁰ elements, and arithmetic that would make one.
  @Test func largeConstants() {
    func tensor(_ name: String, _ values: [Int]) -> [UInt8] {
      // Extents, type int64, numbers and the name.
      var bytes: [UInt8] = [0x08] + Protobuf.varint(values.count)
      bytes += [0x10, 7]
      for value in values { bytes += [0x38] + Protobuf.varint(value) }
      bytes += Protobuf.text(8, name)
      return Protobuf.field(5, bytes)
    }
    let fill =
      tensor("s", [1 << 20, 1 << 20]) + node("ConstantOfShape", ["s"], ["c"])
      + node("Add", ["x", "c"], ["y"])
    #expect(message(model(fill)).contains("more than"))
    let expand =
      tensor("s", [1 << 12, 1 << 12]) + tensor("n", [5]) + node("Expand", ["n", "s"], ["c"])
      + node("Mul", ["x", "c"], ["y"])
    #expect(message(model(expand)).contains("more than"))
    // Found by fuzzing: an extent below 0.
    let negative =
      tensor("s", [-1, 4]) + tensor("n", [5]) + node("Expand", ["n", "s"], ["c"])
      + node("Mul", ["x", "c"], ["y"])
    #expect(message(model(negative)).contains("is no shape"))
    var description: [UInt8] = [0x08] + Protobuf.varint(1 << 40)
    description += [0x10, 1] + Protobuf.text(8, "c")
    let stated = Protobuf.field(5, description)
    #expect(
      message(model(stated + node("Add", ["x", "c"], ["y"]))).contains("0 elements where its shape")
    )
    let reshape = tensor("s", [1, -1, 0]) + node("Reshape", ["x", "s"], ["y"])
    #expect(read(model(reshape)) == nil || message(model(reshape)).contains("node"))
  }

  @Test func externalData() throws {
    func entry(_ key: String, _ value: String) -> [UInt8] {
      Protobuf.field(13, Protobuf.text(1, key) + Protobuf.text(2, value))
    }
    func external(_ entries: [UInt8]) -> [UInt8] {
      var bytes: [UInt8] = [0x08, 3, 0x08, 1, 0x08, 1, 0x10, 1]
      bytes += Protobuf.text(8, "c") + entries
      bytes += [0x70, 1]
      let tensor = Protobuf.field(5, bytes)
      return model(tensor + node("Add", ["x", "c"], ["y"]))
    }
    for location in ["/etc/passwd", "../weights", "a/../../b", "a//b", ""] {
      #expect(message(external(entry("location", location))).contains("outside of the model's"))
    }
    #expect(message(external([])).contains("does not say in which file"))
    #expect(
      message(external(entry("location", "w") + entry("offset", "-4"))).contains("no number"))
    try withTemporaryFolder { folder in
      let bytes = [Float](arrayLiteral: 9, 1, 2, 3).flatMap { littleEndian($0.bitPattern) }
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/w"))
      func result(_ offset: Int) -> String {
        let model = external(entry("location", "w") + entry("offset", "\(offset)"))
        do throws(ONNXProblem) {
          let graph = try ONNXImporter.read(
            FileBytes(model), path: folder + "/model.onnx", size: nil
          ).graph
          let constant = graph.values.compactMap { graph.constant($0)?.floats }.first
          return "\(constant ?? [])"
        } catch {
          return "\(error)"
        }
      }
      #expect(result(4) == "[1.0, 2.0, 3.0]")
      #expect(result(8).contains("12 bytes long, but that has 16"))
      #expect(result(1 << 40).contains("but that has 16"))
    }
  }
}
