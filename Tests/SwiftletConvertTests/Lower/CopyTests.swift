import SwiftletGraph
import SwiftletRuntime
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

/// A network of one data movement whose levels can be compared one by one.
struct MovementCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let operation: SwiftletGraph.Operation
  /// The inputs' shapes, and how large their values are.
  let inputs: [(shape: Shape, amplitude: Float)]

  init(
    _ name: String, _ operation: SwiftletGraph.Operation,
    _ inputs: (shape: Shape, amplitude: Float)...
  ) {
    testDescription = name
    self.operation = operation
    self.inputs = inputs
  }
}

private let image: (shape: Shape, amplitude: Float) = (Shape(1, 4, 5, 6), 1)

private let movementCases: [MovementCase] = [
  MovementCase(
    "slice", .slice(Slice(starts: [0, 1, 0, 2], sizes: [1, 2, 5, 3])), image),
  MovementCase(
    "slice with steps",
    .slice(Slice(starts: [0, 1, 4, 0], sizes: [1, 2, 2, 3], steps: [1, 2, 1, 2])),
    (Shape(1, 4, 6, 6), 1)),
  MovementCase(
    "slice backwards",
    .slice(Slice(starts: [0, 3, 4, 1], sizes: [1, 4, 2, 3], steps: [1, -1, -2, 1])), image),
  MovementCase("expand rows", .expand(Expand(to: [1, 4, 5, 6])), (Shape(1, 1, 5, 6), 1)),
  MovementCase("expand a column", .expand(Expand(to: [1, 4, 5, 6])), (Shape(4, 1, 1), 1)),
  MovementCase("transpose", .transpose(Transpose(order: [0, 3, 1, 2])), image),
  MovementCase(
    "transpose of six dimensions", .transpose(Transpose(order: [5, 1, 3, 0, 4, 2])),
    (Shape(1, 2, 3, 2, 3, 4), 1)),
  MovementCase(
    "channel shuffle", .channelShuffle(ChannelShuffle(groups: 3, layout: .channelsLast)), image),
  MovementCase("reshape", .reshape(Reshape(to: Shape(1, 10, 12))), image),
  MovementCase("split into channels", .split(Split(axis: -1, sizes: [1, 3, 2])), image),
  MovementCase("split into rows", .split(Split(axis: 1, sizes: [3, 1])), image),
  MovementCase("concat of channels", .concat(Concat(axis: -1)), image, (Shape(1, 4, 5, 3), 4)),
  MovementCase(
    "concat of rows, three scales", .concat(Concat(axis: 1)), image, (Shape(1, 1, 5, 6), 0.2),
    (Shape(1, 2, 5, 6), 3)),
  MovementCase(
    "concat of columns with one input twice as large", .concat(Concat(axis: 2)), image,
    (Shape(1, 4, 2, 6), 2)),
  MovementCase(
    "pad", .pad(Pad(before: [0, 1, 0, 0], after: [0, 2, 1, 3], value: 0.25)), image),
]

/// Those of one input and nothing else. Not in the test's attribute, where Swift 6.0 takes no closure.
private let unpaddedCases = movementCases.filter {
  $0.inputs.count == 1 && $0.testDescription != "pad"
}

@Suite("Copies") struct CopyTests {
  /// Each level of a result is that which the real number of its source's level is nearest to, be the
  /// source an input or the fill.
  @Test(arguments: movementCases) func levelsAreThoseOfTheirSources(_ test: MovementCase) throws {
    var graph = Graph()
    let inputs = test.inputs.enumerated().map {
      graph.addInput("input\($0.offset)", shape: $0.element.shape)
    }
    let results = try graph.addNode(test.operation, name: "move", inputs: inputs)
    for (index, result) in results.enumerated() {
      graph.addOutput("output\(index)", value: result)
    }
    var options = ConversionOptions()
    options.method = .minmax
    let calibration = samples(test, seed: 1, count: 8)
    let model = try deploy(graph, calibration: calibration, options: options)
    let interpreter = try Interpreter(model)
    let sample = samples(test, seed: 2, count: 1)[0]
    _ = run(interpreter, sample)

    // The same movement in float of the numbers that the integer inputs stand for.
    let rounded = zip(model.inputs, sample).map { port, tensor in
      let record = model.tensor(port.tensor).quantization(0)
      return FloatTensor(
        shape: tensor.shape,
        values: levels(tensor, record).map { Float(record.dequantize($0)) })
    }
    let expected = FloatExecutor(graph, threads: 1).run(rounded)
    for (port, tensor) in zip(model.outputs, expected) {
      let record = model.tensor(port.tensor).quantization(0)
      interpreter.withTensor(port.tensor) { levels in
        #expect(levels.count == tensor.values.count)
        for (level, value) in zip(levels, tensor.values) {
          // One level where the real number is next to a tie.
          let real = Double(value) / Double(record.scale) + Double(record.zeroPoint)
          let nearest = min(max(real, -128), 127)
          #expect(abs(Double(level) - nearest) <= 0.5001)
        }
      }
    }
  }

  /// What only moves elements of one input keeps their levels: there is nothing to round.
  @Test(arguments: unpaddedCases)
  func scalesAreTheInputs(_ test: MovementCase) throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: test.inputs[0].shape)
    for (index, result) in try graph.addNode(test.operation, name: "move", inputs: [input])
      .enumerated()
    {
      graph.addOutput("output\(index)", value: result)
    }
    let model = try deploy(graph, calibration: samples(test, seed: 1, count: 2))
    let record = model.tensor(model.inputs[0].tensor).quantization(0)
    for port in model.outputs {
      let found = model.tensor(port.tensor).quantization(0)
      #expect(found.scale == record.scale && found.zeroPoint == record.zeroPoint)
    }
  }

  /// A tensor that a copy reads has one scale, even if a depthwise convolution reads it too.
  @Test func noScalesPerChannelAroundCopies() throws {
    var network = NetworkBuilder(seed: 7)
    let x = try network.conv(network.input(4, 4, 6), 8)
    let shuffle = ChannelShuffle(groups: 2, layout: .channelsLast)
    let y = try network.add(.channelShuffle(shuffle), "shuffle", x)
    network.output(try network.depthwise(x, .same(3)), "read directly")
    network.output(try network.depthwise(y, .same(3)), "read shuffled")
    var graph = network.graph
    try graph.apply(Pass.integer)
    #expect(PerChannel.values(graph).isEmpty)
  }

  @Test func constantsAreRefusedByName() throws {
    var graph = Graph()
    let x = graph.addInput("input", shape: Shape(1, 2, 2, 3))
    let constant = graph.addConstant(
      "offset", shape: Shape(1, 2, 2, 3), .floats([Float](repeating: 1, count: 12)))
    let sum = try graph.add(.concat(Concat(axis: 3)), name: "joined", inputs: [x, constant])
    graph.addOutput("output", value: sum)
    do {
      _ = try Converter.convert(graph, calibration: samples(graph, count: 1, seed: 1))
      Issue.record("a constant was accepted")
    } catch {
      #expect("\(error)".hasPrefix("layer joined: concat with a constant"))
    }
  }

  private func samples(_ test: MovementCase, seed: UInt64, count: Int) -> [[FloatTensor]] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      test.inputs.map { shape, amplitude in
        FloatTensor(
          shape: shape,
          values: (0..<shape.count).map { _ in random.nextSignedUnit() * amplitude })
      }
    }
  }

  private func samples(_ graph: Graph, count: Int, seed: UInt64) -> [[FloatTensor]] {
    SwiftletConvertTests.samples(graph, count: count, seed: seed)
  }
}

/// The levels that a sample's tensor becomes as an input.
private func levels(_ sample: FloatTensor, _ record: QuantizationRecord) -> [Int8] {
  sample.values.map { value in
    let level = (value / record.scale + Float(record.zeroPoint) + 0.5).rounded(.down)
    return Int8(min(max(level, -128), 127))
  }
}
