import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The pass channels-last")
struct ChannelsLastTests {
  /// Applies the pass; what it makes of `operations` and how often it puts a transposition.
  private static func turned(
    _ graph: Graph, transposes: Int = 0, tolerance: Float = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Graph {
    let after = try checked(
      passes("channels-last"), on: graph, tolerance: tolerance, sourceLocation: sourceLocation)
    let before = graph.operationNames.count { $0 == "transpose" }
    #expect(
      after.operationNames.count { $0 == "transpose" } - before == transposes,
      "\(after.listing)", sourceLocation: sourceLocation)
    for port in graph.inputs {
      let shape = graph.shape(of: port.value)
      let expected =
        shape.rank == 4 ? Shape(shape[0], shape[2], shape[3], shape[1]) : shape
      #expect(after.shape(of: port.value) == expected, sourceLocation: sourceLocation)
    }
    return after
  }

  @Test("A whole classifier: a gate for each channel, a flattened image before the last layer")
  func classifier() throws {
    var builder = NetworkBuilder(seed: 1)
    let input = builder.input(21, 17, 3)
    let scores = try builder.addClassifier(input)
    let whole = builder.graph.withOutputs(scores)
    // The columns of the last layer are summed in another order.
    let after = try Self.turned(whole, tolerance: 1e-5)
    #expect(after.operationNames == whole.operationNames)
    // The same network that was built with its channels last has the same constants.
    var last = NetworkBuilder(seed: 1, layout: .channelsLast)
    let lastInput = last.input(21, 17, 3)
    _ = try last.addClassifier(lastInput)
    #expect(after.valueCount == last.graph.valueCount)
    for value in after.values {
      #expect(after.shape(of: value) == last.graph.shape(of: value))
      #expect(after.constant(value)?.floats == last.graph.constant(value)?.floats)
    }
  }

  @Test("The same network with channels last already is left alone")
  func leftAlone() throws {
    var builder = NetworkBuilder(seed: 2, layout: .channelsLast)
    let input = builder.input(9, 7, 3)
    let scores = try builder.addClassifier(input)
    let graph = builder.graph.withOutputs(scores)
    let after = try checked(passes("channels-last"), on: graph)
    #expect(after.listing == graph.listing)
    for value in graph.values {
      #expect(after.constant(value)?.floats == graph.constant(value)?.floats)
    }
  }

  @Test("A network without images is left alone")
  func noImages() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(1, 2, 3, 4))
    let relu = try graph.add(.activation(.relu), name: "relu", inputs: [input])
    let after = try checked(passes("channels-last"), on: graph.withOutputs(relu))
    #expect(after.shape(of: relu) == Shape(1, 2, 3, 4))
  }

  @Test("Joins, cuts, padding and shuffles along every dimension follow")
  func movements() throws {
    var builder = NetworkBuilder(seed: 3)
    let input = builder.input(5, 7, 6)
    let conv = try builder.convolution("conv", input, outputs: 4, window: Window(kernel: 1))
    var outputs: [ValueID] = []
    for axis in [1, -3] {
      outputs.append(try builder.add(.concat(Concat(axis: axis)), "concat\(axis)", input, conv))
    }
    for axis in [2, 3, -1, -2] {
      outputs.append(try builder.add(.concat(Concat(axis: axis)), "concat\(axis)", conv, conv))
    }
    let slice = Slice(starts: [0, 3, 0, 6], sizes: [1, 2, 5, 3], steps: [1, -2, 1, -3])
    outputs.append(try builder.add(.slice(slice), "slice", conv))
    outputs += try builder.graph.addNode(
      .split(Split(axis: 1, sizes: [1, 3])), name: "split", inputs: [conv])
    outputs += try builder.graph.addNode(
      .split(Split(axis: -1, sizes: [2, 5])), name: "split", inputs: [conv])
    let pad = Pad(before: [0, 1, 0, 2], after: [0, 0, 3, 1], value: 0.5)
    outputs.append(try builder.add(.pad(pad), "pad", conv))
    outputs.append(
      try builder.add(.channelShuffle(ChannelShuffle(groups: 2)), "shuffle", conv))
    for (index, value) in outputs.enumerated() {
      builder.graph.addOutput("output\(index)", value: value)
    }
    _ = try Self.turned(builder.graph)
  }

  @Test("Pools, batch norms, shuffles and softmax of images follow")
  func images() throws {
    var builder = NetworkBuilder(seed: 4)
    let input = builder.input(5, 7, 6)
    let window = Window(kernel: 2, padding: Padding(all: 1))
    let norm = try builder.batchNorm("norm", input, epsilon: 1e-3)
    let max = try builder.add(.maxPool(MaxPool(window: window)), "max", norm)
    let mean = AveragePool(window: window, countsPadding: true)
    let average = try builder.add(.averagePool(mean), "average", norm)
    let softmax = try builder.add(.softmax(Softmax()), "softmax", max)
    let keeping = GlobalAveragePool(keepsDimensions: true)
    let vector = GlobalAveragePool(keepsDimensions: false)
    let kept = try builder.add(.globalAveragePool(keeping), "kept", average)
    let dropped = try builder.add(.globalAveragePool(vector), "dropped", average)
    let after = try Self.turned(
      builder.graph.withOutputs(norm, max, average, softmax, kept, dropped))
    #expect(after.shape(of: max) == Shape(1, 6, 8, 6))
    #expect(after.shape(of: kept) == Shape(1, 1, 1, 6))
    #expect(after.shape(of: dropped) == Shape(1, 6))
  }

  @Test("Transposes name the dimensions they named before; their results stay as they were")
  func transposes() throws {
    for order in [[0, 2, 3, 1], [0, 1, 3, 2], [3, 1, 0, 2], [0, 1, 2, 3]] {
      var builder = NetworkBuilder(seed: 5)
      let input = builder.input(5, 7, 6)
      let pool = try builder.add(.maxPool(MaxPool(window: Window(kernel: 2))), "pool", input)
      let transpose = try builder.add(.transpose(Transpose(order: order)), "transpose", pool)
      // The first is what the pass does itself.
      let after = try Self.turned(
        builder.graph.withOutputs(transpose), transposes: order == [0, 2, 3, 1] ? -1 : 0)
      #expect(after.shape(of: after.outputs[0].value) == builder.graph.shape(of: transpose))
    }
  }

  @Test("An input that the file transposes to channels first keeps its order, without the detour")
  func transposedInput() throws {
    var builder = NetworkBuilder(seed: 20)
    let input = builder.graph.addInput("input", shape: Shape(1, 5, 7, 6))
    let back = try builder.add(.transpose(Transpose(order: [0, 3, 1, 2])), "back", input)
    let conv = try builder.convolution("conv", back, outputs: 6, window: Window(kernel: 1))
    let sum = try builder.add(.add(Add()), "sum", back, conv)
    let last = try builder.add(.transpose(Transpose(order: [0, 2, 3, 1])), "last", sum)
    let graph = builder.graph.withOutputs(last)
    let after = try checked(passes("channels-last"), on: graph)
    #expect(after.operationNames == ["conv2D", "add"])
    #expect(after.shape(of: input) == Shape(1, 5, 7, 6))
    #expect(after.nodes[1].inputs == [input, conv])
    // Somebody who needs the file's order still gets it.
    let flat = try builder.add(.flatten(Flatten()), "flat", back)
    let both = try checked(passes("channels-last"), on: builder.graph.withOutputs(last, flat))
    #expect(both.operationNames == ["transpose", "conv2D", "add", "flatten"])
  }

  @Test("An input that others read too is turned")
  func transposedInputOfOthers() throws {
    var builder = NetworkBuilder(seed: 21)
    let input = builder.input(7, 6, 5)
    let back = try builder.add(.transpose(Transpose(order: [0, 3, 1, 2])), "back", input)
    let first = try builder.convolution("first", back, outputs: 3, window: Window(kernel: 1))
    let second = try builder.convolution("second", input, outputs: 3, window: Window(kernel: 1))
    _ = try Self.turned(builder.graph.withOutputs(first, second), transposes: 1)
  }

  @Test("After a transposition an image operation takes the dimensions as the file has them")
  func transposedImage() throws {
    var builder = NetworkBuilder(seed: 6)
    let input = builder.input(5, 7, 6)
    let pool = try builder.add(.maxPool(MaxPool(window: Window(kernel: 2))), "pool", input)
    // Rows become channels.
    let transpose = try builder.add(
      .transpose(Transpose(order: [0, 2, 1, 3])), "transpose", pool)
    let conv = try builder.convolution(
      "conv", transpose, outputs: 3, window: Window(kernel: 3))
    let gate = try builder.add(
      .globalAveragePool(GlobalAveragePool(keepsDimensions: true)), "gate", conv)
    // One of its operands has the new order, the other the old one.
    let shifted = try builder.add(
      .slice(Slice(starts: [0, 1, 0, 0], sizes: [1, 1, 1, 1])), "shift", gate)
    let sum = try builder.add(.add(Add()), "sum", transpose, shifted)
    _ = try Self.turned(builder.graph.withOutputs(conv, sum), transposes: 1)
  }

  @Test("Reshaping and flattening that need the old order get it, once for all who do")
  func memoryOrder() throws {
    var builder = NetworkBuilder(seed: 7)
    let input = builder.input(5, 7, 6)
    let pool = try builder.add(.maxPool(MaxPool(window: Window(kernel: 2))), "pool", input)
    let reshape = try builder.add(.reshape(Reshape(to: Shape(1, 12, 3, 4))), "reshape", pool)
    let flat = try builder.add(.flatten(Flatten()), "flat", pool)
    let relu = try builder.add(.activation(.relu), "relu", flat)
    // Read by a fully connected layer and by others.
    let layer = try builder.fullyConnected("layer", flat, outputs: 3)
    let conv = try builder.convolution("conv", reshape, outputs: 2, window: Window(kernel: 1))
    // One transposition for the three, another since the reshaped value has the old order.
    _ = try Self.turned(builder.graph.withOutputs(reshape, relu, layer, conv), transposes: 2)
  }

  @Test("One pixel, or one channel, stands in memory as before")
  func sameInMemory() throws {
    var builder = NetworkBuilder(seed: 8)
    let input = builder.input(4, 3, 5)
    let pool = GlobalAveragePool(keepsDimensions: true)
    let pixel = try builder.add(.globalAveragePool(pool), "pixel", input)
    let channel = try builder.convolution("one", input, outputs: 1, window: Window(kernel: 1))
    let first = try builder.add(.reshape(Reshape(to: Shape(5))), "vector", pixel)
    let second = try builder.add(.flatten(Flatten()), "flat", channel)
    let third = try builder.fullyConnected("layer", pixel, outputs: 2)
    _ = try Self.turned(builder.graph.withOutputs(first, second, third))
  }

  @Test("Fully connected layers read an image directly, flattened, and twice")
  func fullyConnected() throws {
    var builder = NetworkBuilder(seed: 9)
    let input = builder.input(2, 3, 5)
    let pool = try builder.add(.maxPool(MaxPool(window: Window(kernel: 1))), "pool", input)
    let direct = try builder.fullyConnected("direct", pool, outputs: 4)
    let flat = try builder.add(.flatten(Flatten()), "flat", pool)
    let first = try builder.fullyConnected("first", flat, outputs: 4)
    let second = try builder.fullyConnected("second", flat, outputs: 2, hasBias: false)
    _ = try Self.turned(builder.graph.withOutputs(direct, first, second), tolerance: 1e-5)
  }

  @Test("A flattened image that is an output, or that others read too, keeps its order")
  func flattenedOutput() throws {
    var builder = NetworkBuilder(seed: 10)
    let input = builder.input(2, 3, 5)
    let pool = try builder.add(.maxPool(MaxPool(window: Window(kernel: 1))), "pool", input)
    let flat = try builder.add(.flatten(Flatten()), "flat", pool)
    let layer = try builder.fullyConnected("layer", flat, outputs: 4)
    _ = try Self.turned(builder.graph.withOutputs(layer, flat), transposes: 1)
  }

  @Test(
    "Constants of every rank that broadcast follow without a transposition",
    arguments: [
      Shape(1, 6, 1, 1), Shape(1, 6, 5, 7), Shape(1, 1, 5, 7), Shape(6, 1, 1), Shape(5, 7),
      Shape(7), Shape(5, 1), Shape(1), Shape(), Shape(1, 1, 1, 1), Shape(6, 5, 7),
    ])
  func constants(shape: Shape) throws {
    var builder = NetworkBuilder(seed: 11)
    let input = builder.input(5, 7, 6)
    let norm = try builder.batchNorm("norm", input, epsilon: 0)
    let constant = builder.constant("constant", shape)
    let sum = try builder.add(.add(Add()), "sum", norm, constant)
    let product = try builder.add(.multiply(Multiply()), "product", constant, sum)
    let after = try Self.turned(builder.graph.withOutputs(sum, product))
    let found = after.nodes[1].inputs[1]
    #expect(after.constant(found)?.name == "constant")
    #expect(after.nodes[2].inputs[0] == found)
  }

  @Test("Where an operand of another rank cannot follow, the image gets its old order")
  func otherRank() throws {
    var builder = NetworkBuilder(seed: 12)
    let input = builder.input(5, 7, 6)
    let columns = builder.graph.addInput("columns", shape: Shape(5, 7))
    let norm = try builder.batchNorm("norm", input, epsilon: 0)
    let sum = try builder.add(.add(Add()), "sum", norm, columns)
    let conv = try builder.convolution("conv", sum, outputs: 2, window: Window(kernel: 1))
    _ = try Self.turned(builder.graph.withOutputs(sum, conv), transposes: 2)
  }

  @Test("Weights that two convolutions share are reordered once")
  func sharedWeights() throws {
    var builder = NetworkBuilder(seed: 13)
    let input = builder.input(9, 8, 3)
    let conv = Conv2D(
      inputChannels: 3, outputChannels: 3, window: Window(kernel: 3, padding: Padding(all: 1)))
    let weights = builder.weights("weight", conv)
    let first = try builder.add(.conv2D(conv), "first", input, weights)
    let second = try builder.add(.conv2D(conv), "second", first, weights)
    let after = try Self.turned(builder.graph.withOutputs(first, second))
    #expect(after.nodes[0].inputs[1] == after.nodes[1].inputs[1])
    let held = after.values.compactMap { after.constant($0)?.count }.reduce(0, +)
    #expect(held == 81)
  }

  @Test("Weights that layers of other orders, or others, read keep them for these")
  func sharedWeightsOfOtherOrders() throws {
    var builder = NetworkBuilder(seed: 14)
    let image = builder.input(2, 3, 4)
    let other = builder.input(3, 4, 2)
    let vector = builder.graph.addInput("vector", shape: Shape(1, 24))
    let layer = FullyConnected(inputCount: 24, outputCount: 5)
    let weights = builder.constant("weight", Shape(5, 24))
    let pool = Operation.maxPool(MaxPool(window: Window(kernel: 1)))
    let first = try builder.add(pool, "first", image)
    let second = try builder.add(pool, "second", other)
    let values = try [first, second, vector].map {
      try builder.add(.fullyConnected(layer), "layer", $0, weights)
    }
    _ = try Self.turned(
      builder.graph.withOutputs(values[0], values[1], values[2]), tolerance: 1e-5)

    var convolution = NetworkBuilder(seed: 15)
    let input = convolution.input(5, 6, 2)
    let conv = Conv2D(
      inputChannels: 2, outputChannels: 1,
      window: Window(kernelHeight: 2, kernelWidth: 3, strideHeight: 1, strideWidth: 1))
    let kernel = convolution.weights("kernel", conv)
    let result = try convolution.add(.conv2D(conv), "conv", input, kernel)
    let shifted = try convolution.add(.activation(.relu), "kernel.relu", kernel)
    _ = try checked(
      passes("channels-last"), on: convolution.graph.withOutputs(result))
    var after = convolution.graph.withOutputs(result, shifted)
    try after.apply(passes("channels-last"))
    let tensors = convolution.tensors()
    let expected = FloatExecutor(convolution.graph.withOutputs(shifted)).run(tensors)[0]
    let found = FloatExecutor(after).run(tensors.map(\.channelsLast))[1]
    #expect(found == expected)
  }

  @Test("Where operations of both layouts meet, the values between them are transposed")
  func bothLayouts() throws {
    var builder = NetworkBuilder(seed: 16)
    let input = builder.input(5, 7, 6)
    let first = try builder.add(.maxPool(MaxPool(window: Window(kernel: 2))), "first", input)
    let window = Window(kernelHeight: 1, kernelWidth: 3, strideHeight: 1, strideWidth: 1)
    // Takes the same dimensions as height, width, channels.
    let second = try builder.add(
      .maxPool(MaxPool(window: window, layout: .channelsLast)), "second", first)
    let third = try builder.add(.maxPool(MaxPool(window: window)), "third", second)
    var after = builder.graph.withOutputs(third)
    try after.apply(passes("channels-last"))
    checkForm(of: after)
    let tensor = builder.tensors()[0]
    let expected = FloatExecutor(builder.graph.withOutputs(third)).run([tensor])[0]
    #expect(FloatExecutor(after).run([tensor.channelsLast])[0] == expected.channelsLast)
  }

  @Test("Unbound weights are reordered when they are bound, by whoever binds them")
  func unbound() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(1, 2, 5, 7))
    let conv = Conv2D(
      inputChannels: 2, outputChannels: 3,
      window: Window(kernelHeight: 2, kernelWidth: 4, strideHeight: 1, strideWidth: 1))
    let weights = graph.addConstant("weight", shape: conv.weightShape)
    let output = try graph.add(.conv2D(conv), name: "conv", inputs: [input, weights])
    graph.addOutput("output", value: output)
    try graph.apply(passes("channels-last"))
    checkForm(of: graph)
    #expect(graph.shape(of: weights) == Shape(3, 2, 4, 2))
    #expect(graph.shape(of: output) == Shape(1, 4, 4, 3))
    #expect(graph.constant(weights)?.count == 0)
  }
}
