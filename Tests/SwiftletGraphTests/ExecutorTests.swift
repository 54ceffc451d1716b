import Foundation
import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("FloatExecutor")
struct ExecutorTests {
  /// A network large enough that every kind of operation is shared among threads.
  private static func largeNetwork(
    _ layout: ImageLayout = .channelsLast
  ) throws -> (graph: Graph, input: FloatTensor) {
    var builder = NetworkBuilder(seed: 7, layout: layout)
    let input = builder.input(97, 83, 3)
    builder.graph.addOutput("scores", value: try builder.addClassifier(input))
    return (builder.graph, builder.tensors()[0])
  }

  @Test(
    "Any number of threads gives the same bits in every value", arguments: [2, 3, 8],
    ImageLayout.allCases)
  func threads(count: Int, layout: ImageLayout) throws {
    let (graph, input) = try Self.largeNetwork(layout)
    var expected: [ValueID: FloatTensor] = [:]
    _ = FloatExecutor(graph, threads: 1).run([input]) { expected[$0] = $1 }
    var compared = 0
    _ = FloatExecutor(graph, threads: count).run([input]) { value, tensor in
      #expect(tensor == expected[value])
      compared += 1
    }
    #expect(compared == graph.values.count { !graph.isConstant($0) })
  }

  @Test("The default number of threads works, and one executor serves several at once")
  func concurrentRuns() async throws {
    let (graph, input) = try Self.largeNetwork()
    let expected = FloatExecutor(graph, threads: 1).run([input])
    let executor = FloatExecutor(graph)
    await withTaskGroup(of: [FloatTensor].self) { group in
      for _ in 0..<3 { group.addTask { executor.run([input]) } }
      for await result in group { #expect(result == expected) }
    }
  }

  @Test("Every value is observed once, inputs first, in execution order")
  func observation() throws {
    let (graph, input) = try Self.largeNetwork()
    var order: [ValueID] = []
    let outputs = FloatExecutor(graph, threads: 2).run([input]) { value, tensor in
      order.append(value)
      #expect(tensor.shape == graph.shape(of: value))
    }
    #expect(order == graph.inputs.map(\.value) + graph.nodes.map(\.output))
    #expect(outputs.map(\.shape) == graph.outputs.map { graph.shape(of: $0.value) })
  }

  @Test("Reused memory never shows in a tensor that someone still holds")
  func keptTensors() throws {
    var graph = Graph()
    let shape = Shape(1, 3, 5, 9)
    let input = graph.addInput("input", shape: shape)
    let relu = try graph.add(.activation(.relu), name: "relu", inputs: [input])
    let twice = try graph.add(.add(Add()), name: "twice", inputs: [relu, relu])
    let square = try graph.add(.multiply(Multiply()), name: "square", inputs: [twice, twice])
    let sum = try graph.add(.add(Add()), name: "sum", inputs: [square, relu])
    let flat = try graph.add(.flatten(Flatten()), name: "flat", inputs: [sum])
    // The last use of a value, twice in one operation.
    let last = try graph.add(.multiply(Multiply()), name: "last", inputs: [flat, flat])
    graph.addOutput("last", value: last)
    graph.addOutput("twice", value: twice)
    graph.addOutput("input", value: input)

    var random = SplitMix64(seed: 3)
    let tensor = random.tensor(shape)
    let original = tensor.values
    var seen: [ValueID: FloatTensor] = [:]
    let outputs = FloatExecutor(graph, threads: 1).run([tensor]) { seen[$0] = $1 }

    let positive = original.map { max($0, 0) }
    let doubled = positive.map { $0 + $0 }
    let total = positive.map { ($0 + $0) * ($0 + $0) + $0 }
    #expect(tensor.values == original)
    #expect(seen[input]?.values == original)
    #expect(seen[relu]?.values == positive)
    #expect(seen[twice]?.values == doubled)
    #expect(seen[sum]?.values == total)
    #expect(seen[flat]?.values == total)
    #expect(outputs.map(\.values) == [total.map { $0 * $0 }, doubled, original])
    #expect(outputs[0].shape == Shape(1, 135))
  }

  @Test("A constant can be an output, whether a node reads it or not")
  func constantOutputs() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(2))
    let read = graph.addConstant("read", shape: Shape(2), .floats([1, 2]))
    let unread = graph.addConstant("unread", shape: Shape(1, 2), .floats([3, 4]))
    let sum = try graph.add(.add(Add()), name: "sum", inputs: [read, input])
    for value in [sum, read, unread] { graph.addOutput("output", value: value) }
    let result = FloatExecutor(graph).run([FloatTensor(shape: Shape(2), values: [10, 20])])
    #expect(result.map(\.values) == [[11, 22], [1, 2], [3, 4]])
    #expect(result[2].shape == Shape(1, 2))
  }

  @Test("A graph without nodes returns its inputs")
  func noNodes() {
    var graph = Graph()
    let shape = Shape(2, 3)
    let value = graph.addInput("input", shape: shape)
    graph.addOutput("same", value: value)
    let tensor = FloatTensor(shape: shape, values: [1, 2, 3, 4, 5, 6])
    #expect(FloatExecutor(graph).run([tensor]) == [tensor])
  }

  @Test(
    "No input value traps, and NaN is not hidden",
    arguments: [
      Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ],
    ImageLayout.allCases)
  func specialValues(value: Float, layout: ImageLayout) throws {
    let (graph, input) = try Self.largeNetwork(layout)
    let result = FloatExecutor(graph, threads: 2)
      .run([FloatTensor(shape: input.shape, repeating: value)])
    #expect(result[0].values.count == 10)
    if value.isNaN { #expect(result[0].values.allSatisfy { $0.isNaN }) }
  }

  @Test("Activations at the limits", arguments: Activation.examples)
  func activationLimits(activation: Activation) throws {
    let inputs: [Float] = [.nan, .infinity, -.infinity, 100, -100, 0, -3, 3, 6]
    var graph = Graph()
    let value = graph.addInput("input", shape: Shape(1, inputs.count))
    graph.addOutput(
      "output", value: try graph.add(.activation(activation), name: "f", inputs: [value]))
    let found = FloatExecutor(graph)
      .run([FloatTensor(shape: Shape(1, inputs.count), values: inputs)])[0].values
    // 1 / (1 + e³) and 1 / (1 + e⁶).
    let (s3, s6): (Float, Float) = (0.047_425_873, 0.002_472_623)
    let expected: [Float] =
      switch activation {
      case .relu: [.nan, .infinity, 0, 100, 0, 0, 0, 3, 6]
      case .relu6: [.nan, 6, 0, 6, 0, 0, 0, 3, 6]
      case .hardSigmoid: [.nan, 1, 0, 1, 0, 0.5, 0, 1, 1]
      case .hardSwish: [.nan, .infinity, .nan, 100, 0, 0, 0, 3, 6]
      case .sigmoid: [.nan, 1, 0, 1, 0, 0.5, s3, 1 - s3, 1 - s6]
      case .silu: [.nan, .infinity, .nan, 100, 0, 0, -3 * s3, 3 - 3 * s3, 6 - 6 * s6]
      case .clip: [.nan, 1, -1, 1, -1, 0, -1, 1, 1]
      case .leakyRelu: [.nan, .infinity, -.infinity, 100, -10, 0, -0.3, 3, 6]
      // e^−3 − 1.
      case .elu: [.nan, .infinity, -1, 100, -1, 0, -0.950_212_9, 3, 6]
      case .hardGate: [.nan, 1, 0, 1, 0, 0.5, 0, 1, 1]
      // (1 − e^−6) / (1 + e^−6) and (1 − e^−12) / (1 + e^−12).
      case .tanh: [.nan, 1, -1, 1, -1, 0, -0.995_054_75, 0.995_054_75, 0.999_987_7]
      // ln 2, ln(1 + e^±3), ln(1 + e⁶).
      case .softplus:
        [.nan, .infinity, 0, 100, 0, 0.693_147_2, 0.048_587_35, 3.048_587_3, 6.002_475_7]
      // With u = (1 + e^x)²: x · (u − 1) / (u + 1).
      case .mish: [.nan, .infinity, .nan, 100, 0, 0, -0.145_647_4, 2.986_535, 5.999_926_6]
      // Φ(−3) = 0.00134990, Φ(6) = 1 − 10⁻⁹.
      case .gelu: [.nan, .infinity, .nan, 100, 0, 0, -0.004_049_69, 2.995_950_3, 6]
      case .geluTanh: [.nan, .infinity, .nan, 100, 0, 0, -0.003_637_39, 2.996_362_7, 6]
      // 1 − erf(3) = 2.209 · 10⁻⁵.
      case .erf: [.nan, 1, -1, 1, -1, 0, -0.999_977_91, 0.999_977_91, 1]
      }
    for (index, (a, b)) in zip(found, expected).enumerated() {
      let isSame = a.isNaN && b.isNaN || a == b || abs(a - b) <= 1e-6 * max(1, abs(b))
      #expect(isSame, "f(\(inputs[index])) is \(a), expected \(b)")
    }
  }

  @Test("Softmax along any dimension, in double precision", arguments: [0, 1, 2, -1])
  func softmaxAxes(axis: Int) throws {
    let shape = Shape(3, 5, 11)
    var random = SplitMix64(seed: 9)
    let values = (0..<shape.count).map { _ in random.nextSignedUnit() * 5 }
    var graph = Graph()
    let value = graph.addInput("input", shape: shape)
    graph.addOutput(
      "output", value: try graph.add(.softmax(Softmax(axis: axis)), name: "s", inputs: [value]))
    let found = FloatExecutor(graph).run([FloatTensor(shape: shape, values: values)])[0].values
    let dimension = axis < 0 ? axis + 3 : axis
    let stride = shape.strides[dimension]
    for place in values.indices {
      let first = place - place / stride % shape[dimension] * stride
      let row = (0..<shape[dimension]).map { exp(Double(values[first + $0 * stride])) }
      let expected = exp(Double(values[place])) / row.reduce(0, +)
      #expect(abs(Double(found[place]) - expected) < 1e-6)
    }
  }

  @Test("Softmax of large scores does not overflow, and far smaller scores vanish")
  func softmaxLimits() throws {
    var graph = Graph()
    let value = graph.addInput("input", shape: Shape(1, 4))
    graph.addOutput(
      "output", value: try graph.add(.softmax(Softmax()), name: "softmax", inputs: [value]))
    let scores = FloatTensor(shape: Shape(1, 4), values: [3e38, -3e38, 3e38, 1000])
    #expect(FloatExecutor(graph).run([scores])[0].values == [0.5, 0, 0.5, 0])
  }

  @Test("Max pooling keeps NaN and the lowest values")
  func maxPoolSpecialValues() throws {
    var graph = Graph()
    let shape = Shape(1, 1, 1, 6)
    let value = graph.addInput("input", shape: shape)
    let window = Window(kernelHeight: 1, kernelWidth: 2, strideHeight: 1, strideWidth: 2)
    graph.addOutput(
      "output",
      value: try graph.add(.maxPool(MaxPool(window: window)), name: "max", inputs: [value]))
    let input = FloatTensor(
      shape: shape, values: [.nan, 1, 2, .nan, -.infinity, -.greatestFiniteMagnitude])
    let result = FloatExecutor(graph).run([input])[0].values
    #expect(result[0].isNaN && result[1].isNaN)
    #expect(result[2] == -.greatestFiniteMagnitude)
  }
}
