import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The pass fold-batch-norms")
struct FoldBatchNormsTests {
  /// Applies the pass, which rounds once more.
  private static func folded(
    _ graph: Graph, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Graph {
    let after = try checked(
      passes("fold-batch-norms"), on: graph, tolerance: 1e-5, sourceLocation: sourceLocation)
    #expect(!after.operationNames.contains("batchNorm"), sourceLocation: sourceLocation)
    return after
  }

  @Test(
    "Into a convolution before it, with a bias or without", arguments: ImageLayout.allCases,
    [true, false])
  func convolution(layout: ImageLayout, hasBias: Bool) throws {
    for (outputs, groups) in [(6, 1), (6, 2), (4, 4)] {
      var builder = NetworkBuilder(seed: 1, layout: layout)
      let input = builder.input(5, 4, 4)
      let conv = try builder.convolution(
        "conv", input, outputs: outputs, groups: groups,
        window: Window(kernel: 3, padding: Padding(all: 1)), hasBias: hasBias)
      let norm = try builder.batchNorm("norm", conv, epsilon: 1e-3)
      let parameters = builder.graph.nodes[1].inputs.dropFirst()
      let after = try Self.folded(builder.graph.withOutputs(norm))
      #expect(after.nodes.count == 1)
      #expect(after.nodes[0].inputs.count == 3)
      #expect(after.nodes[0].output == norm)
      #expect(after.nodes[0].name == "conv")
      #expect(after.nodes[0].resultName == "norm")
      // Nobody reads the statistics any more.
      for value in parameters { #expect(after.constant(value)?.count == 0) }
    }
  }

  @Test("Into a fully connected layer before it", arguments: [true, false])
  func fullyConnected(hasBias: Bool) throws {
    var builder = NetworkBuilder(seed: 2, layout: .channelsLast)
    let input = builder.input(1, 3, 4)
    let layer = try builder.fullyConnected("layer", input, outputs: 5, hasBias: hasBias)
    let norm = try builder.batchNorm("norm", layer, epsilon: 0)
    let after = try Self.folded(builder.graph.withOutputs(norm))
    #expect(after.operationNames == ["fullyConnected"])
  }

  @Test("With no linear layer before it, it becomes a 1×1 depthwise convolution")
  func standalone() throws {
    for layout in ImageLayout.allCases {
      var builder = NetworkBuilder(seed: 3, layout: layout)
      let input = builder.input(3, 2, 5)
      let first = try builder.batchNorm("first", input, epsilon: 1e-5)
      let relu = try builder.add(.activation(.relu), "relu", first)
      let second = try builder.batchNorm("second", relu, epsilon: 1e-5)
      let after = try Self.folded(builder.graph.withOutputs(second))
      #expect(after.operationNames == ["depthwiseConv2D", "relu", "depthwiseConv2D"])
      #expect(after.nodes.map(\.name) == ["first", "relu", "second"])
    }
  }

  @Test("A convolution's result that others read too, or that is an output, stays")
  func readByOthers() throws {
    var builder = NetworkBuilder(seed: 4)
    let input = builder.input(3, 2, 5)
    let conv = try builder.convolution("conv", input, outputs: 4, window: Window(kernel: 1))
    let norm = try builder.batchNorm("norm", conv, epsilon: 1e-5)
    let names = ["conv2D", "depthwiseConv2D"]
    #expect(try Self.folded(builder.graph.withOutputs(norm, conv)).operationNames == names)
    let relu = try builder.add(.activation(.relu), "relu", conv)
    let both = try Self.folded(builder.graph.withOutputs(norm, relu))
    #expect(both.operationNames == names + ["relu"])
  }

  @Test("Two in a row are folded into the same layer, or into the first of them")
  func twoInARow() throws {
    var builder = NetworkBuilder(seed: 5)
    let input = builder.input(3, 2, 5)
    let conv = try builder.convolution(
      "conv", input, outputs: 4, window: Window(kernel: 2), hasBias: false)
    let first = try builder.batchNorm("first", conv, epsilon: 1e-5)
    let second = try builder.batchNorm("second", first, epsilon: 1e-2)
    let after = try Self.folded(builder.graph.withOutputs(second))
    #expect(after.operationNames == ["conv2D"])
    #expect(after.nodes[0].resultName == "second")

    var alone = NetworkBuilder(seed: 6)
    let image = alone.input(3, 2, 5)
    let one = try alone.batchNorm("one", image, epsilon: 1e-5)
    let two = try alone.batchNorm("two", one, epsilon: 1e-2)
    let single = try Self.folded(alone.graph.withOutputs(two))
    #expect(single.operationNames == ["depthwiseConv2D"])
  }

  @Test("Layers that stand among each other keep an order in which all can be computed")
  func interleaved() throws {
    var builder = NetworkBuilder(seed: 7)
    let input = builder.input(4, 4, 3)
    let point = Window(kernel: 1)
    let a = try builder.convolution("a", input, outputs: 3, window: point)
    let b = try builder.convolution("b", input, outputs: 3, window: point)
    let c = try builder.convolution("c", input, outputs: 3, window: point, hasBias: false)
    let bNorm = try builder.batchNorm("b.norm", b, epsilon: 1e-5)
    let d = try builder.convolution("d", bNorm, outputs: 3, window: point)
    let aNorm = try builder.batchNorm("a.norm", a, epsilon: 1e-5)
    let cNorm = try builder.batchNorm("c.norm", c, epsilon: 1e-5)
    let dNorm = try builder.batchNorm("d.norm", d, epsilon: 1e-5)
    let sum = try builder.add(.add(Add()), "sum", aNorm, cNorm)
    let after = try Self.folded(builder.graph.withOutputs(sum, dNorm))
    #expect(after.nodes.map(\.name).sorted() == ["a", "b", "c", "d", "sum"])
  }

  @Test("Weights and biases that other layers share are changed for one alone")
  func sharedWeights() throws {
    var builder = NetworkBuilder(seed: 8)
    let input = builder.input(4, 4, 3)
    let conv = Conv2D(inputChannels: 3, outputChannels: 3, window: Window(kernel: 1))
    let weights = builder.weights("weight", conv)
    let bias = builder.constant("bias", Shape(3))
    let first = try builder.add(.conv2D(conv), "first", input, weights, bias)
    let norm = try builder.batchNorm("norm", first, epsilon: 1e-5)
    let second = try builder.add(.conv2D(conv), "second", norm, weights, bias)
    let other = try builder.batchNorm("other", second, epsilon: 1e-5)
    let third = try builder.add(.conv2D(conv), "third", other, weights)
    _ = try Self.folded(builder.graph.withOutputs(norm, second, third))
    let after = try Self.folded(builder.graph.withOutputs(third))
    #expect(after.constant(weights)?.floats == builder.graph.constant(weights)?.floats)
  }

  @Test("A channel without variance, which nothing can scale, becomes its beta")
  func zeroVariance() throws {
    var builder = NetworkBuilder(seed: 9)
    let input = builder.input(2, 3, 2)
    let conv = try builder.convolution("conv", input, outputs: 3, window: Window(kernel: 1))
    let norm = try builder.batchNorm("norm", conv, epsilon: 0)
    let alone = try builder.batchNorm("alone", input, epsilon: 0)
    let betas = [builder.graph.nodes[1].inputs[2], builder.graph.nodes[2].inputs[2]]
      .map { builder.graph.constant($0)?.floats ?? [] }
    builder.graph.bind(builder.graph.nodes[1].inputs[4], .floats([1, 0, 2]))
    builder.graph.bind(builder.graph.nodes[2].inputs[4], .floats([0, 1]))
    var graph = builder.graph.withOutputs(norm, alone)
    try graph.apply(passes("fold-batch-norms"))
    let found = FloatExecutor(graph).run(builder.tensors())
    #expect(found[0].values[6..<12].allSatisfy { $0 == betas[0][1] })
    #expect(found[1].values[0..<6].allSatisfy { $0 == betas[1][0] })
    #expect(found.allSatisfy { $0.values.allSatisfy(\.isFinite) })
  }

  @Test(
    "Statistics that are not finite, and negative variances, are refused",
    arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(value: Float) throws {
    for parameter in 1...4 {
      var builder = NetworkBuilder(seed: 10)
      let input = builder.input(2, 3, 2)
      let norm = try builder.batchNorm("norm", input, epsilon: 1e-3)
      builder.graph.bind(builder.graph.nodes[0].inputs[parameter], .floats([1, value]))
      try Self.expectRefusal(builder.graph.withOutputs(norm), "norm", "batch-norm statistics")
    }
    var builder = NetworkBuilder(seed: 11)
    let input = builder.input(2, 3, 2)
    let norm = try builder.batchNorm("norm", input, epsilon: 1e-3)
    builder.graph.bind(builder.graph.nodes[0].inputs[4], .floats([1, -1]))
    try Self.expectRefusal(builder.graph.withOutputs(norm), "norm", "batch-norm statistics")
  }

  @Test("Weights and biases that are not finite are refused, folded or not")
  func weightsNotFinite() throws {
    for isFolded in [true, false] {
      for (input, what) in [(1, "weights"), (2, "biases")] {
        var builder = NetworkBuilder(seed: 12)
        let image = builder.input(2, 3, 2)
        var value = try builder.convolution("conv", image, outputs: 2, window: Window(kernel: 1))
        if isFolded { value = try builder.batchNorm("norm", value, epsilon: 0) }
        let constant = builder.graph.nodes[0].inputs[input]
        var floats = try #require(builder.graph.constant(constant)?.floats)
        floats[1] = .nan
        builder.graph.bind(constant, .floats(floats))
        try Self.expectRefusal(builder.graph.withOutputs(value), "conv", what)
      }
    }
  }

  private static func expectRefusal(
    _ graph: Graph, _ expectedLayer: String, _ expected: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let refusal = refusal(try passes("fold-batch-norms"), of: graph)
    guard case .notFinite(let layer, let what) = refusal else {
      Issue.record("\(String(describing: refusal))", sourceLocation: sourceLocation)
      return
    }
    #expect(layer == expectedLayer, sourceLocation: sourceLocation)
    #expect(what == expected, sourceLocation: sourceLocation)
  }
}
