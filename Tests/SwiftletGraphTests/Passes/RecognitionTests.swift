import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The pass recognise-activations")
struct RecogniseActivationsTests {
  /// x · gate(x) for an input x; the operands' order, and what else reads the gate.
  private static func graph(
    _ gate: Activation, isReversed: Bool = false
  ) throws -> (builder: NetworkBuilder, input: ValueID, gate: ValueID, product: ValueID) {
    var builder = NetworkBuilder(seed: 1)
    let input = builder.input(3, 4, 5)
    let value = try builder.add(.activation(gate), "gate", input)
    let operands = isReversed ? [value, input] : [input, value]
    let product = try builder.graph.add(.multiply(Multiply()), name: "product", inputs: operands)
    return (builder, input, value, product)
  }

  @Test("Gates become the activations they spell out", arguments: [true, false])
  func recognised(isReversed: Bool) throws {
    for (gate, whole) in [(Activation.sigmoid, "silu"), (.hardSigmoid, "hardSwish")] {
      let (builder, _, _, product) = try Self.graph(gate, isReversed: isReversed)
      let graph = builder.graph.withOutputs(product)
      let after = try checked(passes("recognise-activations"), on: graph)
      #expect(after.operationNames == [whole])
      #expect(after.nodes[0].name == "product")
    }
  }

  @Test("Activations that are no gates stay", arguments: [Activation.relu, .relu6, .hardSwish])
  func others(activation: Activation) throws {
    let (builder, _, _, product) = try Self.graph(activation)
    let after = try checked(
      passes("recognise-activations"), on: builder.graph.withOutputs(product))
    #expect(after.nodes.count == 2)
  }

  @Test("A gate that somebody else reads, or that is an output, stays")
  func sharedGate() throws {
    let (builder, _, gate, product) = try Self.graph(.sigmoid)
    var other = builder
    let relu = try other.add(.activation(.relu), "relu", gate)
    for graph in [
      builder.graph.withOutputs(product, gate), other.graph.withOutputs(product, relu),
    ] {
      let after = try checked(passes("recognise-activations"), on: graph)
      #expect(after.operationNames == graph.operationNames)
    }
  }

  @Test("A gate of another value, and a gate times itself, stay")
  func otherValue() throws {
    var (builder, input, gate, _) = try Self.graph(.sigmoid)
    let relu = try builder.add(.activation(.relu), "relu", input)
    let other = try builder.add(.activation(.sigmoid), "other", relu)
    let excited = try builder.add(.multiply(Multiply()), "excited", input, other)
    let square = try builder.add(.multiply(Multiply()), "square", gate, gate)
    let graph = builder.graph.withOutputs(excited, square)
    let after = try checked(passes("recognise-activations"), on: graph)
    #expect(after.operationNames == graph.operationNames)
  }

  @Test("Two in a row are both recognised")
  func twoInARow() throws {
    var (builder, _, _, product) = try Self.graph(.hardSigmoid)
    let gate = try builder.add(.activation(.sigmoid), "second.gate", product)
    let second = try builder.add(.multiply(Multiply()), "second", gate, product)
    let after = try checked(
      passes("recognise-activations"), on: builder.graph.withOutputs(second))
    #expect(after.operationNames == ["hardSwish", "silu"])
  }
}

@Suite("The pass recognise-shuffles")
struct RecogniseShufflesTests {
  /// reshape, transpose, reshape of an image with 12 channels: the three results.
  private static func graph(
    split: Shape = Shape(1, 3, 4, 2, 5), order: [Int] = [0, 2, 1, 3, 4],
    joined: Shape = Shape(1, 12, 2, 5), input: Shape = Shape(1, 12, 2, 5)
  ) throws -> (graph: Graph, values: [ValueID]) {
    var graph = Graph()
    let input = graph.addInput("input", shape: input)
    let first = try graph.add(.reshape(Reshape(to: split)), name: "split", inputs: [input])
    let middle = try graph.add(
      .transpose(Transpose(order: order)), name: "swap", inputs: [first])
    let last = try graph.add(.reshape(Reshape(to: joined)), name: "join", inputs: [middle])
    return (graph, [first, middle, last])
  }

  @Test("Reshape, transpose, reshape become a channel shuffle", arguments: [2, 3, 4, 6])
  func recognised(groups: Int) throws {
    let (graph, values) = try Self.graph(split: Shape(1, groups, 12 / groups, 2, 5))
    let after = try checked(passes("recognise-shuffles"), on: graph.withOutputs(values[2]))
    #expect(after.operationNames == ["channelShuffle"])
    #expect(after.nodes[0].operation.details == "\(groups) groups")
    #expect(after.nodes[0].name == "join")
  }

  @Test("Other orders, shapes and batches stay")
  func others() throws {
    let cases = [
      // Two swaps of other dimensions, which move other elements.
      try Self.graph(order: [0, 1, 2, 4, 3]), try Self.graph(order: [0, 2, 1, 4, 3]),
      // The result is another image, the pixels are cut too, or the batch.
      try Self.graph(joined: Shape(1, 12, 5, 2)), try Self.graph(joined: Shape(1, 120)),
      try Self.graph(split: Shape(1, 3, 4, 5, 2)), try Self.graph(split: Shape(1, 6, 4, 5, 1)),
      try Self.graph(
        split: Shape(2, 3, 2, 2, 5), joined: Shape(2, 6, 2, 5), input: Shape(2, 6, 2, 5)),
      // Two images that are shuffled among themselves.
      try Self.graph(split: Shape(3, 4, 1, 2, 5)),
    ]
    for (graph, values) in cases {
      let after = try checked(passes("recognise-shuffles"), on: graph.withOutputs(values[2]))
      #expect(after.operationNames == graph.operationNames)
    }
  }

  @Test("A value in between that somebody else reads, or that is an output, stays")
  func shared() throws {
    let (graph, values) = try Self.graph()
    for index in 0...1 {
      var read = graph
      let relu = try read.add(.activation(.relu), name: "relu", inputs: [values[index]])
      for graph in [
        read.withOutputs(values[2], relu), graph.withOutputs(values[2], values[index]),
      ] {
        let after = try checked(passes("recognise-shuffles"), on: graph)
        #expect(after.operationNames == graph.operationNames)
      }
    }
  }
}
