import Foundation
import SwiftletGraph
import SwiftletTestSupport
import Testing

/// One case of `Fixtures/ops.txt`: an operation and what PyTorch computes for it.
/// `Tools/fixtures/make_ops.py` writes the file and explains its format.
struct OperationFixture: CustomTestStringConvertible, Sendable {
  let testDescription: String
  private let words: [String: String]
  /// Of the output, as an image.
  let outputShape: ImageShape
  /// The distance between the stored output elements, and these; channels last.
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

  /// Runs the case in a layout: the output in channels-last order.
  func run(_ layout: ImageLayout) throws -> FloatTensor {
    var builder = NetworkBuilder(seed: UInt64(try integers("seed")[0]), layout: layout)
    let scale = Float(words["scale"] ?? "1") ?? 1
    let shapes = try word("input").split(separator: ",").map { try Self.shape(String($0)) }
    let tensors = shapes.map { image in
      builder.random.tensor(ImageLayout.channelsLast.shape(image), scale: scale)
    }
    let values = shapes.map { builder.input($0.height, $0.width, $0.channels) }
    let output = try build(&builder, values)
    builder.graph.addOutput("output", value: output)
    let result = FloatExecutor(builder.graph, threads: 2)
      .run(tensors.map { $0.turned(to: layout) })[0]
    guard try word("op") == "flatten" else { return result.turnedBack(from: layout) }
    // The vector's elements are in the order of the image that was flattened.
    let image = FloatTensor(shape: layout.shape(shapes[0]), values: result.values)
    return FloatTensor(shape: result.shape, values: image.turnedBack(from: layout).values)
  }

  private func build(_ builder: inout NetworkBuilder, _ values: [ValueID]) throws -> ValueID {
    let (input, layout) = (values[0], builder.layout)
    func add(_ operation: SwiftletGraph.Operation) throws -> ValueID {
      try builder.graph.add(operation, name: testDescription, inputs: values)
    }
    switch try word("op") {
    case "conv2D":
      return try builder.convolution(
        testDescription, input, outputs: try integers("out")[0],
        groups: try integers("groups", default: "1")[0], window: try window())
    case "batchNorm":
      return try builder.batchNorm(
        testDescription, input, epsilon: try #require(Float(word("epsilon"))))
    case "activation":
      return try add(.activation(try #require(Activation(rawValue: word("kind")))))
    case "add": return try add(.add(Add()))
    case "multiply": return try add(.multiply(Multiply()))
    case "averagePool":
      let countsPadding = try word("countsPadding") == "true"
      return try add(
        .averagePool(
          AveragePool(window: try window(), countsPadding: countsPadding, layout: layout)))
    case "maxPool": return try add(.maxPool(MaxPool(window: try window(), layout: layout)))
    case "globalAveragePool":
      return try add(.globalAveragePool(GlobalAveragePool(keepsDimensions: true, layout: layout)))
    case "fullyConnected":
      return try builder.fullyConnected(
        testDescription, input, outputs: try integers("out")[0],
        flattened: try builder.image(of: input))
    case "concat": return try add(.concat(Concat(axis: layout.channelDimension(rank: 4))))
    case "flatten": return try add(.flatten(Flatten()))
    case "softmax": return try add(.softmax(Softmax(layout: layout)))
    case "network": return try builder.addClassifier(input)
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

  private static func shape(_ text: String) throws -> ImageShape {
    let sizes = try text.split(separator: "x").map { try #require(Int($0)) }
    return ImageShape(height: sizes[0], width: sizes[1], channels: sizes[2])
  }
}
