import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Shape rules")
struct ShapeRuleTests {
  private static let image = Shape(height: 5, width: 7, channels: 6)

  /// A convolution that fits `image`, to be spoilt by the tests.
  private static func conv() -> Conv2D {
    var random = SplitMix64(seed: 1)
    return random.convolution(6, 4, groups: 2, window: Window(kernel: 3))
  }

  private func problem(_ operation: FloatOperation, _ inputs: Shape...) -> ShapeMismatch? {
    do throws(ShapeMismatch) {
      _ = try operation.outputShape(inputs)
      return nil
    } catch {
      return error
    }
  }

  private func isMalformed(_ operation: FloatOperation, _ inputs: [Shape]) -> Bool {
    do throws(ShapeMismatch) {
      _ = try operation.outputShape(inputs)
      return false
    } catch .malformed(let reason) {
      return !reason.isEmpty
    } catch {
      return false
    }
  }

  @Test("What fits is accepted")
  func accepted() throws {
    let shape = try FloatOperation.conv2D(Self.conv()).outputShape([Self.image])
    #expect(shape == Shape(height: 3, width: 5, channels: 4))
    let vector = Shape(channels: 6)
    #expect(try FloatOperation.add.outputShape([Self.image, vector]) == Self.image)
    #expect(try FloatOperation.multiply.outputShape([vector, Self.image]) == Self.image)
    #expect(try FloatOperation.flatten.outputShape([Self.image]) == Shape(channels: 210))
    #expect(try FloatOperation.globalAveragePool.outputShape([Self.image]) == vector)
    #expect(
      try FloatOperation.concat.outputShape([Self.image, Self.image])
        == Shape(height: 5, width: 7, channels: 12))
  }

  @Test("The number of inputs is checked")
  func inputCounts() {
    let norm = BatchNorm(gamma: [1], beta: [0], mean: [0], variance: [1], epsilon: 0)
    let pool = Window(kernel: 1)
    let layer = FullyConnected(inputCount: 1, outputCount: 1, weights: [1], bias: [0])
    let one = Shape(channels: 1)
    let unary: [FloatOperation] = [
      .conv2D(Self.conv()), .batchNorm(norm), .activation(.relu),
      .averagePool(AveragePool(window: pool, countsPadding: true)),
      .maxPool(MaxPool(window: pool)), .globalAveragePool, .fullyConnected(layer), .flatten,
      .softmax,
    ]
    for operation in unary {
      #expect(problem(operation) == .inputCount(expected: 1, found: 0))
      #expect(problem(operation, one, one) == .inputCount(expected: 1, found: 2))
    }
    for operation in [FloatOperation.add, .multiply] {
      #expect(problem(operation, one) == .inputCount(expected: 2, found: 1))
      #expect(problem(operation, one, one, one) == .inputCount(expected: 2, found: 3))
    }
    #expect(problem(.concat) == .inputCount(expected: 1, found: 0))
  }

  @Test("Shapes that disagree are named")
  func disagreement() {
    let other = Shape(height: 5, width: 6, channels: 6)
    #expect(problem(.add, Self.image, other) == .disagreement(Self.image, other))
    #expect(problem(.multiply, other, Self.image) == .disagreement(other, Self.image))
    #expect(problem(.concat, Self.image, other) == .disagreement(Self.image, other))
    let vector = Shape(channels: 5)
    #expect(problem(.multiply, Self.image, vector) == .disagreement(Self.image, vector))
    let column = Shape(height: 5, width: 1, channels: 6)
    #expect(problem(.add, Self.image, column) == .disagreement(Self.image, column))
  }

  @Test("Channels that disagree with the parameters are named")
  func channels() {
    let input = Shape(height: 5, width: 7, channels: 8)
    #expect(problem(.conv2D(Self.conv()), input) == .channels(expected: 6, found: 8))
    let norm = BatchNorm(
      gamma: [1, 1], beta: [0, 0], mean: [0, 0], variance: [1, 1], epsilon: 0)
    #expect(problem(.batchNorm(norm), input) == .channels(expected: 2, found: 8))
  }

  @Test(
    "A convolution's own numbers must agree",
    arguments: [
      \Conv2D.window.strideHeight, \.window.strideWidth, \.window.dilationHeight,
      \.window.dilationWidth, \.window.kernelHeight, \.window.kernelWidth, \.groups,
      \.inputChannels, \.outputChannels,
    ] as [WritableKeyPath<Conv2D, Int> & Sendable])
  func positiveNumbers(key: WritableKeyPath<Conv2D, Int> & Sendable) {
    for value in [0, -1, .min] {
      var conv = Self.conv()
      conv[keyPath: key] = value
      #expect(isMalformed(.conv2D(conv), [Self.image]), "\(value)")
    }
  }

  @Test(
    "Padding must not be negative",
    arguments: [\Padding.top, \.left, \.bottom, \.right]
      as [WritableKeyPath<Padding, Int> & Sendable])
  func padding(side: WritableKeyPath<Padding, Int> & Sendable) {
    var conv = Self.conv()
    conv.window.padding[keyPath: side] = -1
    #expect(isMalformed(.conv2D(conv), [Self.image]))
    conv.window.padding[keyPath: side] = .max
    #expect(isMalformed(.conv2D(conv), [Self.image]))
  }

  @Test("Groups divide both channel counts, and arrays have the right length")
  func convolutionArrays() {
    var conv = Self.conv()
    conv.groups = 4
    #expect(isMalformed(.conv2D(conv), [Self.image]))
    conv = Self.conv()
    conv.outputChannels = 5
    #expect(isMalformed(.conv2D(conv), [Self.image]))
    conv = Self.conv()
    conv.weights.removeLast()
    #expect(
      problem(.conv2D(conv), Self.image)
        == .malformed("expected 108 values of weights, found 107"))
    conv = Self.conv()
    conv.bias.append(0)
    #expect(problem(.conv2D(conv), Self.image) == .malformed("expected 4 values of bias, found 5"))
  }

  @Test("Huge numbers are refused without overflow")
  func hugeNumbers() {
    var conv = Self.conv()
    conv.window.kernelHeight = .max
    conv.window.dilationHeight = .max
    #expect(isMalformed(.conv2D(conv), [Self.image]))
    conv = Self.conv()
    conv.window.strideHeight = .max
    #expect(problem(.conv2D(conv), Self.image) == nil)
    conv = Conv2D(
      inputChannels: 6, outputChannels: .max, window: Window(kernel: 3), weights: [], bias: [])
    #expect(isMalformed(.conv2D(conv), [Self.image]))
    conv = Conv2D(
      inputChannels: 1, outputChannels: 1,
      window: Window(kernel: 1, padding: Padding(all: 1 << 40)), weights: [1], bias: [0])
    #expect(isMalformed(.conv2D(conv), [Shape(channels: 1)]))
    let half = Int.max / 2 + 1
    let wide = Shape(height: 1, width: half / 2, channels: 1)
    #expect(isMalformed(.concat, [wide, wide]))
    for shape in [
      Shape(height: half, width: 4, channels: 1), Shape(height: 0, width: 1, channels: 1),
      Shape(height: 1, width: -1, channels: -1), Shape(height: 1, width: 1, channels: .min),
    ] {
      for operation in [FloatOperation.activation(.relu), .flatten, .globalAveragePool, .softmax] {
        #expect(isMalformed(operation, [shape]), "\(shape)")
      }
      #expect(isMalformed(.add, [shape, shape]))
    }
  }

  @Test("A kernel that does not fit is an empty output")
  func emptyOutput() {
    let small = Shape(height: 2, width: 7, channels: 6)
    #expect(problem(.conv2D(Self.conv()), small) == .emptyOutput(input: small))
    let pool = Window(kernel: 3)
    #expect(problem(.maxPool(MaxPool(window: pool)), small) == .emptyOutput(input: small))
    let average = AveragePool(window: pool, countsPadding: true)
    #expect(problem(.averagePool(average), small) == .emptyOutput(input: small))
  }

  @Test("Pooling windows must meet the image")
  func poolingPadding() {
    for window in [
      Window(kernel: 2, padding: Padding(top: 2, left: 0, bottom: 0, right: 0)),
      Window(kernel: 2, padding: Padding(top: 0, left: 0, bottom: 0, right: 2)),
      Window(kernel: 2, dilation: 6, padding: Padding(all: 3)),
    ] {
      #expect(isMalformed(.maxPool(MaxPool(window: window)), [Self.image]))
      #expect(
        isMalformed(
          .averagePool(AveragePool(window: window, countsPadding: false)), [Self.image]))
    }
  }

  @Test("Batch norm's arrays agree and its variances are positive")
  func batchNorm() {
    let input = Shape(channels: 2)
    let good = BatchNorm(
      gamma: [1, 1], beta: [0, 0], mean: [0, 0], variance: [1, 1], epsilon: 1e-3)
    #expect(problem(.batchNorm(good), input) == nil)
    for key in [\BatchNorm.beta, \.mean, \.variance] {
      var norm = good
      norm[keyPath: key].removeLast()
      #expect(isMalformed(.batchNorm(norm), [input]))
    }
    for variance in [-1, -.infinity, .nan] as [Float] {
      var norm = good
      norm.variance[1] = variance
      #expect(isMalformed(.batchNorm(norm), [input]), "\(variance)")
    }
  }

  @Test("A fully connected layer takes the input's elements, in any shape")
  func fullyConnected() {
    var random = SplitMix64(seed: 1)
    let layer = random.fullyConnected(210, 3)
    #expect(problem(.fullyConnected(layer), Self.image) == nil)
    #expect(isMalformed(.fullyConnected(layer), [Shape(channels: 209)]))
    var short = layer
    short.weights.removeLast()
    #expect(isMalformed(.fullyConnected(short), [Self.image]))
    short = layer
    short.bias = []
    #expect(isMalformed(.fullyConnected(short), [Self.image]))
    short = layer
    short.outputCount = .max
    #expect(isMalformed(.fullyConnected(short), [Self.image]))
    short.outputCount = 0
    #expect(isMalformed(.fullyConnected(short), [Self.image]))
  }

  @Test("A graph names the layer that does not fit")
  func graphError() {
    var graph = Graph()
    let value = graph.addInput("input", shape: Shape(channels: 3))
    do throws(GraphError) {
      _ = try graph.add(.conv2D(Self.conv()), name: "features.0.0", inputs: [value])
      Issue.record("the convolution was accepted")
    } catch {
      #expect(error.description == "layer features.0.0: expected 6 input channels, found 3")
    }
    #expect(graph.nodes.isEmpty)
    #expect(graph.valueCount == 1)
  }
}
