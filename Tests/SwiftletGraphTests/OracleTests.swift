import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Windowed operations against a naive oracle")
struct OracleTests {
  private static func run(_ operation: FloatOperation, _ input: FloatTensor) throws -> FloatTensor {
    var graph = Graph()
    let value = graph.addInput("input", shape: input.shape)
    graph.addOutput(
      "output", value: try graph.add(operation, name: "operation", inputs: [value]))
    return FloatExecutor(graph, threads: 2).run([input])[0]
  }

  private static func window(
    _ random: inout SplitMix64, kernels: ClosedRange<Int>, paddings: ClosedRange<Int>
  ) -> Window {
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    return Window(
      kernelHeight: draw(kernels), kernelWidth: draw(kernels), strideHeight: draw(1...3),
      strideWidth: draw(1...3), dilationHeight: draw(1...3), dilationWidth: draw(1...3),
      padding: Padding(
        top: draw(paddings), left: draw(paddings), bottom: draw(paddings), right: draw(paddings)))
  }

  @Test("Random convolutions", arguments: 1...120)
  func convolution(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let groups = [1, 1, 2, 3, 5, 9].randomElement(using: &random) ?? 1
    // A third of the grouped ones are depthwise.
    let isDepthwise = groups > 1 && Bool.random(using: &random)
    let inputs = isDepthwise ? groups : groups * Int.random(in: 1...7, using: &random)
    let outputs = isDepthwise ? groups : groups * Int.random(in: 1...11, using: &random)
    let shape = Shape(
      height: .random(in: 1...11, using: &random), width: .random(in: 1...11, using: &random),
      channels: inputs)
    let conv = random.convolution(
      inputs, outputs, groups: groups,
      window: Self.window(&random, kernels: 1...5, paddings: 0...6))
    let input = random.tensor(shape)
    let size = NaiveOracle.outputSize(conv.window, shape)
    guard size.height > 0, size.width > 0 else {
      #expect(throws: ShapeMismatch.emptyOutput(input: shape)) {
        try FloatOperation.conv2D(conv).outputShape([shape])
      }
      return
    }
    let result = try Self.run(.conv2D(conv), input)
    #expect(
      result.shape == Shape(height: size.height, width: size.width, channels: outputs))
    let (values, bounds) = NaiveOracle.conv2D(conv, input)
    let isClose = zip(result.values, zip(values, bounds)).allSatisfy {
      abs(Double($0) - $1.0) <= 1e-6 * $1.1
    }
    #expect(isClose, "\(conv.window), \(inputs) → \(outputs) channels, \(groups) groups")
  }

  @Test("Random pools", arguments: 1...60)
  func pools(seed: UInt64) throws {
    var random = SplitMix64(seed: 1000 + seed)
    let window = Self.window(&random, kernels: 2...4, paddings: 0...1)
    let shape = Shape(
      height: .random(in: 5...11, using: &random), width: .random(in: 5...11, using: &random),
      channels: .random(in: 1...19, using: &random))
    let input = random.tensor(shape)
    let size = NaiveOracle.outputSize(window, shape)
    guard size.height > 0, size.width > 0 else {
      #expect(throws: ShapeMismatch.emptyOutput(input: shape)) {
        try FloatOperation.maxPool(MaxPool(window: window)).outputShape([shape])
      }
      return
    }
    let largest = try Self.run(.maxPool(MaxPool(window: window)), input)
    #expect(
      largest.values.map(Double.init) == NaiveOracle.pool(window, input) { $0.max() ?? .nan })
    for countsPadding in [true, false] {
      let pool = AveragePool(window: window, countsPadding: countsPadding)
      let means = try Self.run(.averagePool(pool), input)
      let area = Double(window.kernelHeight * window.kernelWidth)
      let expected = NaiveOracle.pool(window, input) {
        $0.reduce(0, +) / (countsPadding ? area : Double($0.count))
      }
      #expect(means.values.count == expected.count)
      #expect(zip(means.values, expected).allSatisfy { abs(Double($0) - $1) <= 1e-6 })
    }
  }
}
