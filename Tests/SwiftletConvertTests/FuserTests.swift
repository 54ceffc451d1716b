import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

@Suite struct FuserTests {
  private var random = SplitMix64(seed: 3)

  private mutating func conv(_ inputs: Int, _ outputs: Int, groups: Int = 1) -> FloatOperation {
    let count = outputs * inputs / groups
    return .conv2D(
      Conv2D(
        inputChannels: inputs, outputChannels: outputs, groups: groups, window: Window(kernel: 1),
        weights: (0..<count).map { _ in random.nextSignedUnit() },
        bias: (0..<outputs).map { _ in random.nextSignedUnit() }))
  }

  private mutating func norm(_ channels: Int) -> FloatOperation {
    .batchNorm(
      BatchNorm(
        gamma: (0..<channels).map { _ in 1 + random.nextSignedUnit() / 2 },
        beta: (0..<channels).map { _ in random.nextSignedUnit() },
        mean: (0..<channels).map { _ in random.nextSignedUnit() },
        variance: (0..<channels).map { _ in 1.5 + random.nextSignedUnit() }, epsilon: 1e-3))
  }

  /// conv + norm + ReLU6, conv + norm, + shortcut, pool, flatten, linear, softmax.
  private mutating func residualNetwork() throws -> Graph {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(height: 3, width: 4, channels: 5))
    var x = try graph.add(conv(5, 8), name: "a.0", inputs: [input])
    x = try graph.add(norm(8), name: "a.1", inputs: [x])
    x = try graph.add(.activation(.relu6), name: "a.2", inputs: [x])
    x = try graph.add(conv(8, 5), name: "b.0", inputs: [x])
    x = try graph.add(norm(5), name: "b.1", inputs: [x])
    x = try graph.add(.add, name: "sum", inputs: [input, x])
    x = try graph.add(.globalAveragePool, name: "pool", inputs: [x])
    x = try graph.add(.flatten, name: "flatten", inputs: [x])
    let linear = FullyConnected(
      inputCount: 5, outputCount: 3, weights: (0..<15).map { _ in random.nextSignedUnit() },
      bias: [0, 1, 2])
    x = try graph.add(.fullyConnected(linear), name: "classifier", inputs: [x])
    x = try graph.add(.softmax, name: "softmax", inputs: [x])
    graph.addOutput("probabilities", value: x)
    return graph
  }

  @Test mutating func residualBlockBecomesTwoConvolutions() throws {
    let network = try Fuser.fuse(try residualNetwork())
    #expect(network.layers.map(\.name) == ["a.0", "b.0", "pool", "classifier"])
    #expect(network.layers.map(\.outputName) == ["a.2", "sum", "pool", "classifier"])
    #expect(network.layers[0].activation == .relu6)
    #expect(network.layers[1].skip == network.graph.inputs[0].value)
    #expect(network.outputs.map(\.value) == [network.layers[3].output])
    #expect(network.notes.count == 1)
  }

  @Test mutating func fusedLayersComputeWhatTheGraphDoes() throws {
    let graph = try residualNetwork()
    let network = try Fuser.fuse(graph)
    let sample = FloatTensor(
      shape: Shape(height: 3, width: 4, channels: 5),
      values: (0..<60).map { _ in random.nextSignedUnit() * 3 })
    let values = SampleValues(network, sample: [sample], executor: FloatExecutor(graph))
    for layer in network.layers {
      let evaluator = try LayerEvaluator(layer, in: graph, threads: 1)
      let result = evaluator.run(layer.reads.map { values[$0] })
      for (found, expected) in zip(result.values, values[layer.output].values) {
        #expect(abs(found - expected) < 1e-4)
      }
    }
  }

  @Test mutating func valueReadTwiceIsNotFusedAway() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(channels: 4))
    let a = try graph.add(conv(4, 4), name: "conv", inputs: [input])
    let b = try graph.add(.activation(.relu), name: "relu", inputs: [a])
    let c = try graph.add(.add, name: "sum", inputs: [a, b])
    graph.addOutput("out", value: c)
    let network = try Fuser.fuse(graph)
    #expect(network.layers.count == 3)
    #expect(network.layers[0].activation == nil)
  }

  @Test mutating func outputBeforeAnActivationStays() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(channels: 4))
    let a = try graph.add(conv(4, 4), name: "conv", inputs: [input])
    let b = try graph.add(.activation(.relu), name: "relu", inputs: [a])
    graph.addOutput("before", value: a)
    graph.addOutput("after", value: b)
    let network = try Fuser.fuse(graph)
    #expect(network.layers.count == 2)
  }

  @Test func productOfTwoActivationsIsRefusedByName() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(channels: 4))
    let a = try graph.add(.activation(.relu), name: "relu", inputs: [input])
    let b = try graph.add(.multiply, name: "product", inputs: [input, a])
    graph.addOutput("out", value: b)
    do {
      _ = try Fuser.fuse(graph)
      Issue.record("a product of two activations was accepted")
    } catch {
      #expect("\(error)".hasPrefix("layer product: a multiplication of two activations"))
    }
  }

  @Test mutating func standaloneNormBecomesADepthwiseConvolution() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(height: 2, width: 2, channels: 6))
    let a = try graph.add(norm(6), name: "norm", inputs: [input])
    graph.addOutput("out", value: a)
    let network = try Fuser.fuse(graph)
    guard case .convolution(let conv) = network.layers[0].kind else {
      Issue.record("not a convolution")
      return
    }
    #expect(conv.isDepthwise)
  }

  @Test func zeroVarianceWithoutEpsilonBecomesBeta() throws {
    let norm = BatchNorm(gamma: [2], beta: [0.7], mean: [5], variance: [0], epsilon: 0)
    let affine = try BatchNormFolding.affine(norm, layer: "x")
    #expect(affine.scale == [0])
    #expect(abs(affine.shift[0] - 0.7) < 1e-6)
  }

  @Test(arguments: [Float.nan, .infinity, -1]) func badStatisticsAreNamed(variance: Float) {
    let norm = BatchNorm(gamma: [1], beta: [0], mean: [0], variance: [variance], epsilon: 1e-5)
    do {
      _ = try BatchNormFolding.affine(norm, layer: "features.0.1")
      Issue.record("variance \(variance) was accepted")
    } catch {
      #expect("\(error)".contains("features.0.1"))
    }
  }
}
