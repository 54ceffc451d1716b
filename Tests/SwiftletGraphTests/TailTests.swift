@testable import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Nodes with tails, and nodes by themselves")
struct TailTests {
  /// conv → + other → activation as three nodes, and the same with the last two as a tail.
  private struct Pair {
    var separate: Graph
    var fused: Graph
    let conv: ValueID
    let tensors: [FloatTensor]
  }

  private static func pair(
    _ layout: ImageLayout, hasResidual: Bool, _ activation: Activation?
  ) throws -> Pair {
    var builder = NetworkBuilder(seed: 4, layout: layout)
    let input = builder.input(5, 7, 9)
    let other = builder.input(5, 7, 9)
    let conv = try builder.convolution(
      "conv", input, outputs: 9, window: Window(kernel: 3, padding: Padding(all: 1)))
    var fused = builder.graph
    var value = conv
    if hasResidual { value = try builder.add(.add(Add()), "sum", value, other) }
    let before = value
    if let activation { value = try builder.add(.activation(activation), "curve", value) }
    builder.graph.addOutput("output", value: value)
    // The same values, so that both graphs have the same identifiers.
    fused = builder.graph
    var node = builder.graph.nodes[0]
    node.outputs = [value]
    node.tail = Tail(
      residual: hasResidual ? other : nil, activation: activation, beforeActivation: before)
    fused.nodes = [node]
    return Pair(
      separate: builder.graph, fused: fused, conv: conv, tensors: builder.tensors())
  }

  @Test(
    "A tail gives the bits that nodes of their own give", arguments: ImageLayout.allCases,
    [true, false])
  func sameBits(layout: ImageLayout, hasResidual: Bool) throws {
    for activation in Activation.examples.map(Optional.some) + (hasResidual ? [nil] : []) {
      let pair = try Self.pair(layout, hasResidual: hasResidual, activation)
      let expected = FloatExecutor(pair.separate, threads: 1).run(pair.tensors)
      for threads in [1, 3] {
        let found = FloatExecutor(pair.fused, threads: threads).run(pair.tensors)
        #expect(found == expected, "\(activation?.rawValue ?? "no activation")")
      }
    }
  }

  @Test("A residual that is the node's own input, and the caller's tensors, stay as they are")
  func ownInput() throws {
    var builder = NetworkBuilder(seed: 6)
    let input = builder.input(3, 3, 4)
    let conv = try builder.convolution("conv", input, outputs: 4, window: Window(kernel: 1))
    let sum = try builder.add(.add(Add()), "sum", input, conv)
    builder.graph.addOutput("output", value: sum)
    var fused = builder.graph
    var node = fused.nodes[0]
    node.outputs = [sum]
    node.tail = Tail(residual: input, activation: nil, beforeActivation: sum)
    fused.nodes = [node]
    let tensors = builder.tensors()
    let copy = tensors[0].values
    let expected = FloatExecutor(builder.graph, threads: 1).run(tensors)
    #expect(FloatExecutor(fused, threads: 1).run(tensors) == expected)
    #expect(tensors[0].values == copy)
    #expect(fused.activations(of: node) == [input, input])
    #expect(NodeExecutor(node, in: fused).run([tensors[0], tensors[0]]) == expected[0])
  }

  @Test("One node runs by itself, with its tail or without")
  func nodeExecutor() throws {
    let pair = try Self.pair(.channelsLast, hasResidual: true, .relu6)
    let expected = FloatExecutor(pair.separate, threads: 1)
    var values: [ValueID: FloatTensor] = [:]
    let output = expected.run(pair.tensors) { values[$0] = $1 }[0]
    let node = pair.fused.nodes[0]
    #expect(NodeExecutor(node, in: pair.fused, threads: 2).run(pair.tensors) == output)
    let bare = NodeExecutor(node, in: pair.fused, withTail: false)
    #expect(bare.run([pair.tensors[0]]) == values[pair.conv])
    #expect(values[pair.conv] != output)
  }

  @Test("Other elements stand in for constants, packed ones and ones that are read")
  func replacing() throws {
    var builder = NetworkBuilder(seed: 8)
    let input = builder.input(4, 4, 3)
    let conv = try builder.convolution("conv", input, outputs: 2, window: Window(kernel: 1))
    let node = builder.graph.nodes[0]
    let tensor = builder.tensors()[0]
    let halved = try #require(builder.graph.constant(node.inputs[1])?.floats).map { $0 / 2 }
    let bias = try #require(builder.graph.constant(node.inputs[2])?.floats)
    let whole = NodeExecutor(node, in: builder.graph).run([tensor])
    let half = NodeExecutor(node, in: builder.graph, replacing: [node.inputs[1]: halved])
      .run([tensor])
    for channel in 0..<2 {
      for pixel in 0..<16 {
        let index = channel * 16 + pixel
        let expected = (whole.values[index] - bias[channel]) / 2 + bias[channel]
        #expect(abs(half.values[index] - expected) <= 1e-6)
      }
    }
    // The graph itself still has its own.
    #expect(NodeExecutor(node, in: builder.graph).run([tensor]) == whole)

    let shift = builder.graph.addConstant("shift", shape: Shape(1), .floats([1]))
    _ = try builder.add(.add(Add()), "sum", shift, conv)
    let sum = builder.graph.nodes[1]
    #expect(builder.graph.activations(of: sum) == [conv])
    let shifted = NodeExecutor(sum, in: builder.graph, replacing: [shift: [10]]).run([whole])
    #expect(shifted.values == whole.values.map { 10 + $0 })
  }

  @Test("A node of constants alone needs no tensors, one of several results gives the first")
  func specialNodes() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(4))
    let constant = graph.addConstant("constant", shape: Shape(2), .floats([1, 2]))
    _ = try graph.add(.add(Add()), name: "sum", inputs: [constant, constant])
    _ = try graph.addNode(.split(Split(axis: 0, sizes: [1, 3])), name: "split", inputs: [input])
    #expect(NodeExecutor(graph.nodes[0], in: graph).run([]).values == [2, 4])
    let tensor = FloatTensor(shape: Shape(4), values: [5, 6, 7, 8])
    #expect(NodeExecutor(graph.nodes[1], in: graph).run([tensor]).values == [5])
  }
}
