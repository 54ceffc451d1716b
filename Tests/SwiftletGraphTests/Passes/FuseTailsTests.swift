import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The pass fuse")
struct FuseTailsTests {
  /// Applies the pass; every value that is left has the bits it had.
  private static func fused(
    _ graph: Graph, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Graph {
    let after = try checked(passes("fuse"), on: graph, sourceLocation: sourceLocation)
    var random = SplitMix64(seed: 2)
    let tensors = graph.inputs.map { random.tensor(graph.shape(of: $0.value)) }
    var values: [ValueID: FloatTensor] = [:]
    _ = FloatExecutor(graph, threads: 1).run(tensors) { values[$0] = $1 }
    _ = FloatExecutor(after, threads: 1).run(tensors) { value, tensor in
      #expect(values[value] == tensor, sourceLocation: sourceLocation)
    }
    return after
  }

  /// What is fused to each node: `name`, `name+` with a residual, `name,relu` with an activation.
  private static func summary(_ graph: Graph) -> [String] {
    graph.nodes.map { node in
      var text = node.name
      if node.tail?.residual != nil { text += "+" }
      if let activation = node.tail?.activation { text += "," + activation.rawValue }
      return text
    }
  }

  private static func convolution(
    _ builder: inout NetworkBuilder, _ name: String, _ input: ValueID, groups: Int = 1
  ) throws -> ValueID {
    try builder.convolution(name, input, outputs: 4, groups: groups, window: Window(kernel: 1))
  }

  /// A new network with an input of four channels.
  private static func network(_ seed: UInt64 = 1) -> (builder: NetworkBuilder, input: ValueID) {
    var builder = NetworkBuilder(seed: seed, layout: .channelsLast)
    let input = builder.input(3, 5, 4)
    return (builder, input)
  }

  /// Curves whose results would leave the 16 bits that their arguments fill.
  private static let steep: [Activation] = [
    .leakyRelu(slope: 1.5), .leakyRelu(slope: -2), .elu(alpha: 20),
  ]

  @Test("Activations after every kind of operation", arguments: Activation.examples + steep)
  func activations(activation: Activation) throws {
    let clamps: [Activation] = [.relu, .relu6, .clip(low: -1, high: 1)]
    let isClamp = clamps.contains(activation)
    let isCurve = !Self.steep.contains(activation)
    let vector = GlobalAveragePool(keepsDimensions: false, layout: .channelsLast)
    let operations: [(name: String, fuses: Bool, operation: Operation?)] = [
      ("conv", isCurve, nil), ("depthwise", isCurve, nil), ("layer", isCurve, nil),
      ("add", isClamp, .add(Add())), ("multiply", false, .multiply(Multiply())),
      ("max", false, .maxPool(MaxPool(window: Window(kernel: 2), layout: .channelsLast))),
      ("mean", false, .globalAveragePool(vector)), ("sigmoid", false, .activation(.sigmoid)),
      ("pad", false, .pad(Pad(before: [0, 0, 0, 1], after: [0, 0, 0, 0]))),
    ]
    for (name, fuses, operation) in operations {
      var (builder, input) = Self.network()
      var value: ValueID
      if let operation {
        let isBinary = ["add", "multiply"].contains(name)
        value = try builder.graph.add(
          operation, name: name, inputs: isBinary ? [input, input] : [input])
      } else if name == "layer" {
        value = try builder.fullyConnected(name, input, outputs: 3)
      } else {
        value = try Self.convolution(&builder, name, input, groups: name == "conv" ? 1 : 4)
      }
      let before = value
      value = try builder.add(.activation(activation), "curve", value)
      let after = try Self.fused(builder.graph.withOutputs(value))
      #expect(
        Self.summary(after) == (fuses ? ["\(name),\(activation.rawValue)"] : [name, "curve"]))
      if fuses {
        #expect(after.nodes[0].tail?.beforeActivation == before)
        #expect(after.nodes[0].output == value)
        #expect(after.nodes[0].resultName == "curve")
      }
    }
  }

  @Test("Residual additions in either order, with a clamp after them", arguments: [true, false])
  func residual(isReversed: Bool) throws {
    for (activation, expected) in [
      (nil, ["conv+"]), (Activation.relu, ["conv+,relu"]), (.relu6, ["conv+,relu6"]),
      (.hardSwish, ["conv+", "curve"]), (.sigmoid, ["conv+", "curve"]),
    ] {
      var (builder, input) = Self.network()
      let conv = try Self.convolution(&builder, "conv", input)
      let operands = isReversed ? [input, conv] : [conv, input]
      let sum = try builder.graph.add(.add(Add()), name: "sum", inputs: operands)
      var value = sum
      if let activation { value = try builder.add(.activation(activation), "curve", value) }
      let after = try Self.fused(builder.graph.withOutputs(value))
      #expect(Self.summary(after) == expected)
      #expect(after.nodes[0].tail?.residual == input)
      #expect(after.nodes[0].tail?.beforeActivation == sum)
    }
  }

  @Test("No residual is joined to depthwise and fully connected layers, and to no pools")
  func noResidual() throws {
    var (builder, input) = Self.network()
    let depthwise = try Self.convolution(&builder, "depthwise", input, groups: 4)
    let first = try builder.add(.add(Add()), "first", depthwise, input)
    let vector = try builder.add(
      .globalAveragePool(GlobalAveragePool(keepsDimensions: false, layout: .channelsLast)),
      "mean", first)
    let layer = try builder.fullyConnected("layer", vector, outputs: 4)
    let second = try builder.add(.add(Add()), "second", layer, vector)
    let after = try Self.fused(builder.graph.withOutputs(second))
    #expect(Self.summary(after) == ["depthwise", "first", "mean", "layer", "second"])
  }

  @Test("Of two convolutions the later one takes the sum, and moves to its place")
  func later() throws {
    for isReversed in [true, false] {
      var (builder, input) = Self.network()
      let first = try Self.convolution(&builder, "first", input)
      let second = try Self.convolution(&builder, "second", input)
      let between = try builder.add(.activation(.relu), "between", input)
      let operands = isReversed ? [second, first] : [first, second]
      let sum = try builder.graph.add(.add(Add()), name: "sum", inputs: operands)
      let after = try Self.fused(builder.graph.withOutputs(sum, between))
      #expect(Self.summary(after) == ["first", "between", "second+"])
    }
  }

  @Test("A residual that is computed after the convolution is not joined")
  func residualLater() throws {
    var (builder, input) = Self.network()
    let conv = try Self.convolution(&builder, "conv", input)
    let max = try builder.add(
      .maxPool(MaxPool(window: Window(kernel: 1), layout: .channelsLast)), "max", input)
    let sum = try builder.add(.add(Add()), "sum", conv, max)
    let relu = try builder.add(.activation(.relu), "relu", sum)
    let after = try Self.fused(builder.graph.withOutputs(relu))
    #expect(Self.summary(after) == ["conv", "max", "sum,relu"])
  }

  @Test("A residual that a fused node computes is there in time")
  func chain() throws {
    var (builder, input) = Self.network()
    let first = try Self.convolution(&builder, "first", input)
    let second = try Self.convolution(&builder, "second", input)
    let relu = try builder.add(.activation(.relu), "relu", first)
    let third = try Self.convolution(&builder, "third", relu)
    let sum = try builder.add(.add(Add()), "sum", third, relu)
    let total = try builder.add(.add(Add()), "total", second, sum)
    let after = try Self.fused(builder.graph.withOutputs(total))
    // `second` stands before `sum`, which it would have to wait for.
    #expect(Self.summary(after) == ["second", "first,relu", "third+", "total"])
  }

  @Test("What is read twice, is an output or broadcasts is not joined")
  func notJoined() throws {
    var (builder, input) = Self.network()
    let conv = try Self.convolution(&builder, "conv", input)
    let relu = try builder.add(.activation(.relu), "relu", conv)
    let whole = builder.graph
    // The convolution's result leaves the network, or somebody else reads it.
    #expect(Self.summary(try Self.fused(whole.withOutputs(relu, conv))) == ["conv", "relu"])
    let other = try builder.add(.activation(.sigmoid), "other", conv)
    #expect(
      Self.summary(try Self.fused(builder.graph.withOutputs(relu, other)))
        == ["conv", "relu", "other"])

    let operands: [(String, (inout NetworkBuilder, ValueID, ValueID) throws -> [ValueID])] = [
      ("twice", { _, conv, _ in [conv, conv] }),
      ("constant", { builder, conv, _ in [conv, builder.constant("c", Shape(1, 3, 5, 4))] }),
      ("vector", { builder, conv, _ in [conv, builder.graph.addInput("v", shape: Shape(4))] }),
    ]
    for (name, make) in operands {
      var (builder, input) = Self.network()
      let conv = try Self.convolution(&builder, "conv", input)
      let inputs = try make(&builder, conv, input)
      let sum = try builder.graph.add(.add(Add()), name: "sum", inputs: inputs)
      let after = try Self.fused(builder.graph.withOutputs(sum))
      #expect(Self.summary(after) == ["conv", "sum"], "\(name)")
    }
  }

  @Test("A sum that is an output takes its convolution, but no activation")
  func sumIsOutput() throws {
    var (builder, input) = Self.network()
    let conv = try Self.convolution(&builder, "conv", input)
    let sum = try builder.add(.add(Add()), "sum", conv, input)
    let relu = try builder.add(.activation(.relu), "relu", sum)
    let after = try Self.fused(builder.graph.withOutputs(relu, sum))
    #expect(Self.summary(after) == ["conv+", "relu"])
  }

  @Test("A second activation in a row stays")
  func twoActivations() throws {
    var (builder, input) = Self.network()
    let conv = try Self.convolution(&builder, "conv", input)
    let first = try builder.add(.activation(.relu), "first", conv)
    let second = try builder.add(.activation(.relu6), "second", first)
    let after = try Self.fused(builder.graph.withOutputs(second))
    #expect(Self.summary(after) == ["conv,relu", "second"])
  }

  @Test("The whole classifier after all passes", arguments: ImageLayout.allCases)
  func classifier(layout: ImageLayout) throws {
    var builder = NetworkBuilder(seed: 3, layout: layout)
    let input = builder.input(13, 11, 3)
    let scores = try builder.addClassifier(input)
    let after = try checked(Pass.all, on: builder.graph.withOutputs(scores), tolerance: 1e-5)
    #expect(
      Self.summary(after) == [
        "stem,relu6", "depthwise,hardSwish", "squeeze", "fc1,relu", "fc2,hardSigmoid", "excite",
        "project+", "max", "sigmoid", "mean", "silu", "concat", "classifier",
      ])
  }
}
