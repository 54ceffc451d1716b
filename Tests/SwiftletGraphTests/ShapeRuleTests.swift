import SwiftletGraph
import SwiftletTestSupport
import Testing

/// What a shape rule says against inputs and constants of these shapes; nil when it accepts them.
func problem(_ operation: Operation, _ inputs: [Shape]) -> ShapeMismatch? {
  do throws(ShapeMismatch) {
    _ = try operation.definition.outputShapes(inputs)
    return nil
  } catch {
    return error
  }
}

/// Whether a shape rule says, with a reason, that numbers contradict each other.
func isMalformed(_ operation: Operation, _ inputs: [Shape]) -> Bool {
  guard case .malformed(let reason) = problem(operation, inputs) else { return false }
  return !reason.isEmpty
}

@Suite("Shape rules")
struct ShapeRuleTests {
  private static let image = Shape(1, 6, 5, 7)
  private static let vector = Shape(1, 6)

  /// A convolution that fits `image`, to be spoilt by the tests.
  private static func conv(_ layout: ImageLayout = .channelsFirst) -> Conv2D {
    Conv2D(
      inputChannels: 6, outputChannels: 4, groups: 2, window: Window(kernel: 3), layout: layout)
  }

  /// The shapes of an image and of the constants that fit `conv`, in either layout.
  private static func inputs(_ image: Shape = image) -> [Shape] {
    [image, Shape(4, 3, 3, 3), Shape(4)]
  }

  @Test("What fits is accepted, in both layouts")
  func accepted() throws {
    let last = Shape(1, 5, 7, 6)
    let first = Self.image
    func shapes(_ operation: Operation, _ inputs: Shape...) throws -> [Shape] {
      try operation.definition.outputShapes(inputs)
    }
    #expect(try Self.conv().outputShapes(Self.inputs()) == [Shape(1, 4, 3, 5)])
    #expect(try Self.conv(.channelsLast).outputShapes(Self.inputs(last)) == [Shape(1, 3, 5, 4)])
    #expect(try Self.conv().outputShapes(Array(Self.inputs().dropLast())) == [Shape(1, 4, 3, 5)])
    #expect(try shapes(.add(Add()), last, Self.vector) == [last])
    #expect(try shapes(.multiply(Multiply()), Self.vector, last) == [last])
    #expect(try shapes(.multiply(Multiply()), Shape(1, 6, 1, 1), first) == [first])
    // A column of pixels stands for every column.
    #expect(try shapes(.add(Add()), first, Shape(1, 6, 5, 1)) == [first])
    #expect(try shapes(.add(Add()), Shape(6, 1), Shape(5)) == [Shape(6, 5)])
    #expect(try shapes(.flatten(Flatten()), first) == [Shape(1, 210)])
    #expect(try shapes(.flatten(Flatten()), Shape()) == [Shape(1, 1)])
    for (keeps, result) in [(false, Self.vector), (true, Shape(1, 6, 1, 1))] {
      let pool = GlobalAveragePool(keepsDimensions: keeps)
      #expect(try shapes(.globalAveragePool(pool), first) == [result])
    }
    #expect(try shapes(.concat(Concat(axis: 1)), first, first) == [Shape(1, 12, 5, 7)])
    #expect(try shapes(.concat(Concat(axis: -1)), first, first) == [Shape(1, 6, 5, 14)])
  }

  @Test("The number of inputs is checked")
  func inputCounts() {
    let point = Window(kernel: 1)
    let operations: [(Operation, ClosedRange<Int>)] = [
      (.conv2D(Conv2D(inputChannels: 1, outputChannels: 1, window: point)), 2...3),
      (.fullyConnected(FullyConnected(inputCount: 1, outputCount: 1)), 2...3),
      (.batchNorm(BatchNorm(epsilon: 0)), 5...5), (.activation(.relu), 1...1),
      (.averagePool(AveragePool(window: point, countsPadding: true)), 1...1),
      (.maxPool(MaxPool(window: point)), 1...1),
      (.globalAveragePool(GlobalAveragePool(keepsDimensions: true)), 1...1),
      (.flatten(Flatten()), 1...1), (.softmax(Softmax()), 1...1), (.add(Add()), 2...2),
      (.multiply(Multiply()), 2...2), (.reshape(Reshape(to: Shape(1))), 1...1),
      (.slice(Slice(starts: [0], sizes: [1])), 1...1), (.split(Split(axis: 0, sizes: [1])), 1...1),
      (.expand(Expand(to: [1])), 1...1), (.transpose(Transpose(order: [0])), 1...1),
      (.pad(Pad(before: [0], after: [0])), 1...1),
      (.channelShuffle(ChannelShuffle(groups: 1)), 1...1),
    ]
    for (operation, counts) in operations {
      for found in [0, counts.lowerBound - 1, counts.upperBound + 1] {
        #expect(
          problem(operation, [Shape](repeating: Shape(1, 1), count: found))
            == .inputCount(expected: counts.lowerBound, found: found), "\(operation.name)")
      }
    }
    #expect(problem(.concat(Concat(axis: 0)), []) == .inputCount(expected: 1, found: 0))
  }

  @Test("Shapes that disagree are named")
  func disagreement() {
    let image = Self.image
    let other = Shape(1, 6, 5, 6)
    #expect(problem(.add(Add()), [image, other]) == .disagreement(image, other))
    #expect(problem(.multiply(Multiply()), [other, image]) == .disagreement(other, image))
    #expect(problem(.concat(Concat(axis: 1)), [image, other]) == .disagreement(image, other))
    let rank = Shape(6, 5, 7)
    #expect(problem(.concat(Concat(axis: 1)), [image, rank]) == .disagreement(image, rank))
    let vector = Shape(1, 5, 1, 1)
    #expect(problem(.multiply(Multiply()), [image, vector]) == .disagreement(image, vector))
    // Dimensions are compared from the last on.
    #expect(problem(.add(Add()), [image, Self.vector]) == .disagreement(image, Self.vector))
  }

  @Test("Channels that disagree with the parameters are named", arguments: ImageLayout.allCases)
  func channels(layout: ImageLayout) {
    let input = layout.shape(ImageShape(height: 5, width: 7, channels: 8))
    #expect(
      problem(.conv2D(Self.conv(layout)), Self.inputs(input)) == .channels(expected: 6, found: 8))
    let parameters = [Shape](repeating: Shape(2), count: 4)
    #expect(
      problem(.batchNorm(BatchNorm(epsilon: 0, layout: layout)), [input] + parameters)
        == .channels(expected: 2, found: 8))
  }

  @Test("Image operations refuse other ranks and batches", arguments: ImageLayout.allCases)
  func ranks(layout: ImageLayout) {
    let window = Window(kernel: 1)
    let operations: [Operation] = [
      .maxPool(MaxPool(window: window, layout: layout)),
      .averagePool(AveragePool(window: window, countsPadding: true, layout: layout)),
      .globalAveragePool(GlobalAveragePool(keepsDimensions: true, layout: layout)),
      .channelShuffle(ChannelShuffle(groups: 1, layout: layout)),
    ]
    for shape in [Shape(2, 6, 6, 6), Shape(6, 6, 6), Shape(6), Shape(), Shape(2, 6)] {
      for operation in operations { #expect(isMalformed(operation, [shape]), "\(shape)") }
      #expect(isMalformed(.conv2D(Self.conv(layout)), Self.inputs(shape)))
      let norm = Operation.batchNorm(BatchNorm(epsilon: 0, layout: layout))
      #expect(isMalformed(norm, [shape] + [Shape](repeating: Shape(6), count: 4)))
    }
    #expect(isMalformed(.activation(.relu), [Shape(1, 1, 1, 1, 1, 1, 1)]))
    #expect(problem(.activation(.relu), [Shape(1, 2, 3, 4, 5, 6)]) == nil)
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
      #expect(isMalformed(.conv2D(conv), Self.inputs()), "\(value)")
    }
  }

  @Test(
    "Padding must not be negative",
    arguments: [\Padding.top, \.left, \.bottom, \.right]
      as [WritableKeyPath<Padding, Int> & Sendable])
  func padding(side: WritableKeyPath<Padding, Int> & Sendable) {
    var conv = Self.conv()
    conv.window.padding[keyPath: side] = -1
    #expect(isMalformed(.conv2D(conv), Self.inputs()))
    conv.window.padding[keyPath: side] = .max
    #expect(isMalformed(.conv2D(conv), Self.inputs()))
  }

  @Test("Groups divide both channel counts, and constants have the right shape")
  func convolutionConstants() {
    var conv = Self.conv()
    conv.groups = 4
    #expect(isMalformed(.conv2D(conv), Self.inputs()))
    conv = Self.conv()
    conv.outputChannels = 5
    #expect(isMalformed(.conv2D(conv), Self.inputs()))
    conv = Self.conv()
    #expect(
      problem(.conv2D(conv), [Self.image, Shape(4, 3, 3, 2), Shape(4)])
        == .malformed("expected weights of 4×3×3×3, found 4×3×3×2"))
    #expect(
      problem(.conv2D(conv), [Self.image, Shape(4, 3, 3, 3), Shape(5)])
        == .malformed("expected bias of 4, found 5"))
    // The kernel's dimensions stand where the layout says.
    conv.window.kernelHeight = 1
    #expect(problem(.conv2D(conv), [Self.image, Shape(4, 3, 1, 3)]) == nil)
    #expect(isMalformed(.conv2D(conv), [Self.image, Shape(4, 1, 3, 3)]))
    conv.layout = .channelsLast
    let last = Shape(1, 5, 7, 6)
    #expect(problem(.conv2D(conv), [last, Shape(4, 1, 3, 3)]) == nil)
    #expect(isMalformed(.conv2D(conv), [last, Shape(4, 3, 1, 3)]))
  }

  @Test("A kernel that does not fit is an empty output", arguments: ImageLayout.allCases)
  func emptyOutput(layout: ImageLayout) {
    let small = ImageShape(height: 2, width: 7, channels: 6)
    let shape = layout.shape(small)
    #expect(
      problem(.conv2D(Self.conv(layout)), Self.inputs(shape)) == .emptyOutput(input: small))
    let pool = Window(kernel: 3)
    #expect(
      problem(.maxPool(MaxPool(window: pool, layout: layout)), [shape])
        == .emptyOutput(input: small))
    let average = AveragePool(window: pool, countsPadding: true, layout: layout)
    #expect(problem(.averagePool(average), [shape]) == .emptyOutput(input: small))
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

  @Test("A fully connected layer takes the input's elements, in any shape")
  func fullyConnected() {
    let layer = FullyConnected(inputCount: 210, outputCount: 3)
    let constants = [Shape(3, 210), Shape(3)]
    func problem(_ layer: FullyConnected, _ input: Shape) -> ShapeMismatch? {
      SwiftletGraphTests.problem(.fullyConnected(layer), [input] + constants)
    }
    for shape in [Self.image, Shape(210), Shape(1, 210), Shape(5, 6, 7)] {
      #expect(problem(layer, shape) == nil)
    }
    #expect(isMalformed(.fullyConnected(layer), [Shape(1, 209)] + constants))
    #expect(isMalformed(.fullyConnected(layer), [Self.image, Shape(3, 209), Shape(3)]))
    #expect(isMalformed(.fullyConnected(layer), [Self.image, Shape(210, 3), Shape(3)]))
    #expect(isMalformed(.fullyConnected(layer), [Self.image, Shape(3, 210), Shape(2)]))
    for count in [Int.max, 0, -1, .min] {
      var other = layer
      other.outputCount = count
      #expect(isMalformed(.fullyConnected(other), [Self.image] + constants))
      other = layer
      other.inputCount = count
      #expect(isMalformed(.fullyConnected(other), [Self.image] + constants))
    }
  }

  @Test("A graph names the layer that does not fit")
  func graphError() {
    var graph = Graph()
    let value = graph.addInput("input", shape: Shape(1, 3))
    let weights = graph.addConstant("weights", shape: Shape(4, 3, 3, 3))
    do throws(GraphError) {
      _ = try graph.add(.conv2D(Self.conv()), name: "features.0.0", inputs: [value, weights])
      Issue.record("the convolution was accepted")
    } catch {
      #expect(error.description == "layer features.0.0: expected 6 input channels, found 3")
    }
    #expect(graph.nodes.isEmpty)
    #expect(graph.valueCount == 2)
  }
}
