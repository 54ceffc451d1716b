import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Windowed operations against a naive oracle")
struct OracleTests {
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

  @Test("Random convolutions", arguments: 1...120, ImageLayout.allCases)
  func convolution(seed: UInt64, layout: ImageLayout) throws {
    var random = SplitMix64(seed: seed)
    let groups = [1, 1, 2, 3, 5, 9].randomElement(using: &random) ?? 1
    // A third of the grouped ones are depthwise.
    let isDepthwise = groups > 1 && Bool.random(using: &random)
    let inputs = isDepthwise ? groups : groups * Int.random(in: 1...7, using: &random)
    let outputs = isDepthwise ? groups : groups * Int.random(in: 1...11, using: &random)
    let image = ImageShape(
      height: .random(in: 1...11, using: &random), width: .random(in: 1...11, using: &random),
      channels: inputs)
    let window = Self.window(&random, kernels: 1...5, paddings: 0...6)
    let hasBias = Bool.random(using: &random)
    let conv = Conv2D(
      inputChannels: inputs, outputChannels: outputs, groups: groups, window: window,
      layout: layout)
    var last = conv
    last.layout = .channelsLast
    let weights = random.tensor(last.weightShape)
    let bias = random.floats(outputs)
    let input = random.tensor(ImageLayout.channelsLast.shape(image))

    var graph = Graph()
    var values = [graph.addInput("input", shape: layout.shape(image))]
    values.append(
      graph.addConstant(
        "weight", shape: conv.weightShape, .floats(weights.turned(to: layout).values)))
    if hasBias {
      values.append(graph.addConstant("bias", shape: Shape(outputs), .floats(bias)))
    }
    let size = NaiveOracle.outputSize(window, image)
    guard size.height > 0, size.width > 0 else {
      #expect(throws: ShapeMismatch.emptyOutput(input: image)) {
        try conv.outputShapes(values.map { graph.shape(of: $0) })
      }
      return
    }
    let output = try graph.add(.conv2D(conv), name: "conv", inputs: values)
    graph.addOutput("output", value: output)
    let result = FloatExecutor(graph, threads: 2).run([input.turned(to: layout)])[0]
      .turnedBack(from: layout)
    #expect(result.shape == Shape(1, size.height, size.width, outputs))
    let (expected, bounds) = NaiveOracle.conv2D(
      conv, weights: weights.values,
      bias: hasBias ? bias : [Float](repeating: 0, count: outputs), input)
    let isClose = zip(result.values, zip(expected, bounds)).allSatisfy {
      abs(Double($0) - $1.0) <= 1e-6 * $1.1
    }
    #expect(isClose, "\(window), \(inputs) → \(outputs) channels, \(groups) groups")
  }

  @Test("Random pools", arguments: 1...60, ImageLayout.allCases)
  func pools(seed: UInt64, layout: ImageLayout) throws {
    var random = SplitMix64(seed: 1000 + seed)
    let window = Self.window(&random, kernels: 2...4, paddings: 0...1)
    let image = ImageShape(
      height: .random(in: 5...11, using: &random), width: .random(in: 5...11, using: &random),
      channels: .random(in: 1...19, using: &random))
    let input = random.tensor(ImageLayout.channelsLast.shape(image))
    func run(_ operation: Operation) throws -> [Double] {
      var graph = Graph()
      let value = graph.addInput("input", shape: layout.shape(image))
      graph.addOutput("output", value: try graph.add(operation, name: "pool", inputs: [value]))
      return FloatExecutor(graph, threads: 2).run([input.turned(to: layout)])[0]
        .turnedBack(from: layout).values.map(Double.init)
    }
    let size = NaiveOracle.outputSize(window, image)
    guard size.height > 0, size.width > 0 else {
      #expect(throws: ShapeMismatch.emptyOutput(input: image)) {
        try MaxPool(window: window, layout: layout).outputShapes([layout.shape(image)])
      }
      return
    }
    let largest = try run(.maxPool(MaxPool(window: window, layout: layout)))
    #expect(largest == NaiveOracle.pool(window, input) { $0.max() ?? .nan })
    for countsPadding in [true, false] {
      let means = try run(
        .averagePool(AveragePool(window: window, countsPadding: countsPadding, layout: layout)))
      let area = Double(window.kernelHeight * window.kernelWidth)
      let expected = NaiveOracle.pool(window, input) {
        $0.reduce(0, +) / (countsPadding ? area : Double($0.count))
      }
      #expect(means.count == expected.count)
      #expect(zip(means, expected).allSatisfy { abs($0 - $1) <= 1e-6 })
    }
  }

  @Test(
    "Global pools keep dimensions or not, of images and vectors", arguments: ImageLayout.allCases,
    [true, false])
  func globalPool(layout: ImageLayout, keepsDimensions: Bool) throws {
    var random = SplitMix64(seed: 5)
    let pool = GlobalAveragePool(keepsDimensions: keepsDimensions, layout: layout)
    let shape = keepsDimensions ? layout.shape(ImageShape(height: 1, width: 1, channels: 3)) : nil
    let image = random.tensor(Shape(1, 2, 5, 3))
    for input in [image.turned(to: layout), random.tensor(Shape(1, 3))] {
      var graph = Graph()
      let value = graph.addInput("input", shape: input.shape)
      graph.addOutput(
        "mean", value: try graph.add(.globalAveragePool(pool), name: "mean", inputs: [value]))
      let result = FloatExecutor(graph, threads: 1).run([input])[0]
      #expect(result.shape == shape ?? Shape(1, 3))
      for channel in 0..<3 {
        let values =
          input.shape.rank == 2
          ? [input.values[channel]]
          : (0..<10).map { image[[0, $0 / 5, $0 % 5, channel]] }
        let mean = values.map(Double.init).reduce(0, +) / Double(values.count)
        #expect(abs(Double(result.values[channel]) - mean) <= 1e-6)
      }
    }
  }
}
