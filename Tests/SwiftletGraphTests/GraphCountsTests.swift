import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Graph counts")
struct GraphCountsTests {
  @Test("Multiply-accumulates and parameters of the network with every operation")
  func everyOperation() throws {
    var random = SplitMix64(seed: 1)
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(height: 24, width: 24, channels: 3))
    _ = try addEveryOperation(to: &graph, input: input, random: &random)
    // Stem to 12×12, depthwise 5×5, the gate's two layers, projection; 6×6×24 into ten classes.
    let convolutions = 144 * 12 * 27 + 144 * 12 * 25 + 12 * 5 + 5 * 12 + 144 * 12 * 12
    #expect(graph.macCount == convolutions + 864 * 10)
    let stem = 12 * 27 + 12 + 24  // its bias is not zero, so it counts beside the batch norm
    let gate = 12 * 5 + 5 + 5 * 12 + 12
    #expect(
      graph.parameterCount
        == stem + (12 * 25 + 12) + gate + (12 * 12 + 12) + (864 * 10 + 10))
  }

  @Test("A zero bias counts only when no batch norm follows")
  func zeroBias() throws {
    var random = SplitMix64(seed: 1)
    var conv = random.convolution(3, 4, window: Window(kernel: 1))
    conv.bias = [0, 0, 0, 0]
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(channels: 3))
    let value = try graph.add(.conv2D(conv), name: "conv", inputs: [input])
    #expect(graph.parameterCount == 16)
    _ = try graph.add(
      .batchNorm(random.batchNorm(4, epsilon: 0)), name: "norm", inputs: [value])
    #expect(graph.parameterCount == 12 + 8)
    #expect(graph.macCount == 12)
  }

  @Test("A count that does not fit is Int.max")
  func saturation() throws {
    var random = SplitMix64(seed: 1)
    let conv = random.convolution(1, 1, window: Window(kernel: 3, padding: Padding(all: 1)))
    var graph = Graph()
    let input = graph.addInput(
      "input", shape: Shape(height: 1 << 30, width: 1 << 30, channels: 1))
    _ = try graph.add(.conv2D(conv), name: "conv", inputs: [input])
    #expect(graph.macCount == .max)
  }
}
