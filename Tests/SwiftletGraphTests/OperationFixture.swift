import Foundation
import SwiftletGraph
import SwiftletTestSupport
import Testing

/// One case of `Fixtures/ops.txt`: an operation and what PyTorch computes for it.
/// `Tools/fixtures/make_ops.py` writes the file and explains its format.
struct OperationFixture: CustomTestStringConvertible, Sendable {
  let testDescription: String
  private let words: [String: String]
  let outputShape: Shape
  /// The distance between the stored output elements, and these.
  let step: Int
  let stored: [Float]

  /// All cases of the file.
  static func load() throws -> [OperationFixture] {
    let path = repositoryRoot + "/Tests/SwiftletGraphTests/Fixtures/ops.txt"
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    return try stride(from: 0, to: lines.count, by: 2).map {
      try OperationFixture(description: lines[$0], expected: lines[$0 + 1])
    }
  }

  private init(description: Substring, expected: Substring) throws {
    testDescription = String(description)
    var words: [String: String] = [:]
    for word in description.split(separator: " ") {
      let parts = word.split(separator: "=")
      words[String(parts[0])] = String(parts[1])
    }
    self.words = words
    let fields = expected.split(separator: " ")
    outputShape = try Self.shape(String(fields[0]))
    step = try #require(Int(fields[1]))
    let bytes = try #require(Data(base64Encoded: String(fields[2])))
    stored = stride(from: 0, to: bytes.count, by: 4).map { index in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) }
      return Float(bitPattern: bits)
    }
  }

  /// The graph of the case and its input tensors.
  func build() throws -> (graph: Graph, inputs: [FloatTensor]) {
    var random = SplitMix64(seed: UInt64(try integers("seed")[0]))
    let scale = Float(words["scale"] ?? "1") ?? 1
    let shapes = try word("input").split(separator: ",").map { try Self.shape(String($0)) }
    let inputs = shapes.map { shape in
      FloatTensor(shape: shape, values: random.floats(shape.count, scale: scale))
    }
    var graph = Graph()
    let values = shapes.enumerated().map { graph.addInput("input\($0)", shape: $1) }
    let output =
      if try word("op") == "network" {
        try addEveryOperation(to: &graph, input: values[0], random: &random)
      } else {
        try graph.add(operation(on: shapes, &random), name: testDescription, inputs: values)
      }
    graph.addOutput("output", value: output)
    return (graph, inputs)
  }

  private func operation(
    on shapes: [Shape], _ random: inout SplitMix64
  ) throws -> FloatOperation {
    let channels = shapes[0].channels
    switch try word("op") {
    case "conv2D":
      return .conv2D(
        random.convolution(
          channels, try integers("out")[0], groups: try integers("groups", default: "1")[0],
          window: try window()))
    case "batchNorm":
      return .batchNorm(random.batchNorm(channels, epsilon: try #require(Float(word("epsilon")))))
    case "activation":
      return .activation(try #require(Activation(rawValue: word("kind"))))
    case "add": return .add
    case "multiply": return .multiply
    case "averagePool":
      return .averagePool(
        AveragePool(window: try window(), countsPadding: try word("countsPadding") == "true"))
    case "maxPool": return .maxPool(MaxPool(window: try window()))
    case "globalAveragePool": return .globalAveragePool
    case "fullyConnected":
      return .fullyConnected(random.fullyConnected(shapes[0].count, try integers("out")[0]))
    case "concat": return .concat
    case "flatten": return .flatten
    case "softmax": return .softmax
    case let other:
      throw UnknownWord(word: other)
    }
  }

  private struct UnknownWord: Error { let word: String }

  private func word(_ key: String) throws -> String {
    try #require(words[key], "\(testDescription) lacks \(key)")
  }

  private func integers(_ key: String, default fallback: String? = nil) throws -> [Int] {
    let text = try words[key] ?? #require(fallback, "\(testDescription) lacks \(key)")
    return try text.split { $0 == "x" || $0 == "," }.map { try #require(Int($0)) }
  }

  private func window() throws -> Window {
    let kernel = try integers("kernel")
    let stride = try integers("stride", default: "1x1")
    let dilation = try integers("dilation", default: "1x1")
    let pad = try integers("pad", default: "0,0,0,0")
    return Window(
      kernelHeight: kernel[0], kernelWidth: kernel[1], strideHeight: stride[0],
      strideWidth: stride[1], dilationHeight: dilation[0], dilationWidth: dilation[1],
      padding: Padding(top: pad[0], left: pad[1], bottom: pad[2], right: pad[3]))
  }

  private static func shape(_ text: String) throws -> Shape {
    let sizes = try text.split(separator: "x").map { try #require(Int($0)) }
    return Shape(height: sizes[0], width: sizes[1], channels: sizes[2])
  }
}
