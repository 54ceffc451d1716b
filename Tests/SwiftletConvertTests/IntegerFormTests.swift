import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

/// What the passes `Pass.integer` make of networks, as a conversion sees it.
@Suite("Integer form") struct IntegerFormTests {
  private func integerForm(_ graph: Graph) throws -> Graph {
    var form = graph
    try form.apply(Pass.integer)
    try form.checkConvertible()
    return form
  }

  /// conv + norm + ReLU6, conv + norm, + shortcut, pool, flatten, linear, softmax.
  private func residualNetwork() throws -> Graph {
    var network = NetworkBuilder(seed: 3)
    let input = network.input(3, 4, 5)
    var x = try network.activation(.relu6, try network.norm(try network.conv(input, 8)))
    x = try network.norm(try network.conv(x, 5))
    x = try network.mean(try network.sum(input, x))
    x = try network.linear(try network.flatten(x), 3)
    x = try network.add(.softmax(Softmax(layout: .channelsLast)), "softmax", x)
    network.output(x, "probabilities")
    return network.graph
  }

  @Test func residualBlockBecomesTwoConvolutions() throws {
    let graph = try integerForm(try residualNetwork())
    #expect(graph.nodes.map(\.name) == ["conv1", "conv4", "mean7", "linear9"])
    #expect(graph.nodes.map(\.resultName) == ["relu63", "sum6", "mean7", "linear9"])
    #expect(graph.nodes[0].tail?.activation == .relu6)
    #expect(graph.nodes[1].tail?.residual == graph.inputs[0].value)
    #expect(graph.outputs.map(\.value) == [graph.nodes[3].output])
    #expect(graph.notes.count == 1)
  }

  @Test func nodesComputeWhatTheReferenceDoes() throws {
    let reference = try residualNetwork()
    let graph = try integerForm(reference)
    let sample = samples(reference, count: 1, seed: 1, amplitude: 3)[0]
    let values = SampleValues(graph, sample: sample, executor: FloatExecutor(reference))
    for node in graph.nodes {
      let executor = NodeExecutor(node, in: graph, threads: 1)
      let result = executor.run(graph.activations(of: node).map { values[$0] })
      for (found, expected) in zip(result.values, values[node.output].values) {
        #expect(abs(found - expected) < 1e-4)
      }
    }
  }

  @Test func valueReadTwiceIsNotFusedAway() throws {
    var network = NetworkBuilder(seed: 3)
    let a = try network.conv(network.input(1, 1, 4), 4)
    network.output(try network.sum(a, try network.activation(.relu, a)))
    let graph = try integerForm(network.graph)
    #expect(graph.nodes.count == 3)
    #expect(graph.nodes[0].tail == nil)
  }

  @Test func outputBeforeAnActivationStays() throws {
    var network = NetworkBuilder(seed: 3)
    let a = try network.conv(network.input(1, 1, 4), 4)
    network.output(a, "before")
    network.output(try network.activation(.relu, a), "after")
    #expect(try integerForm(network.graph).nodes.count == 2)
  }

  @Test func standaloneNormBecomesADepthwiseConvolution() throws {
    var network = NetworkBuilder(seed: 3)
    network.output(try network.norm(network.input(2, 2, 6)))
    let graph = try integerForm(network.graph)
    #expect(graph.nodes.map { $0.operation.name } == ["depthwiseConv2D"])
  }

  /// A channel whose input never varies, with epsilon zero, becomes its beta.
  @Test func zeroVarianceWithoutEpsilonBecomesBeta() throws {
    var graph = Graph()
    let x = graph.addInput("input", shape: Shape(1, 1, 1, 1))
    let constants = [2, 0.7, 5, 0].map { (value: Float) in
      graph.addConstant("norm", shape: Shape(1), .floats([value]))
    }
    let norm = BatchNorm(epsilon: 0, layout: .channelsLast)
    graph.addOutput(
      "output", value: try graph.add(.batchNorm(norm), name: "norm", inputs: [x] + constants))
    let form = try integerForm(graph)
    let node = try #require(form.nodes.first)
    #expect(form.floats(1, of: node) == [0])
    #expect(abs(try #require(form.floats(2, of: node))[0] - 0.7) < 1e-6)
  }

  @Test(arguments: [Float.nan, .infinity, -2]) func badStatisticsAreNamed(variance: Float) throws {
    var network = NetworkBuilder(seed: 3)
    network.output(try network.norm(network.input(1, 1, 3)) { $0.variance[1] = variance })
    do {
      _ = try integerForm(network.graph)
      Issue.record("variance \(variance) was accepted")
    } catch {
      #expect("\(ConvertError(try #require(error as? PassError)))".contains("norm1"))
    }
  }
}
