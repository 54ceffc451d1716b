import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Graph counts")
struct GraphCountsTests {
  @Test(
    "Multiply-accumulates and parameters of the classifier", arguments: ImageLayout.allCases)
  func everyOperation(layout: ImageLayout) throws {
    var builder = NetworkBuilder(seed: 1, layout: layout)
    let input = builder.input(24, 24, 3)
    _ = try builder.addClassifier(input)
    // Stem to 12×12, depthwise 5×5, the gate's two layers, projection; 6×6×24 into ten classes.
    let convolutions = 144 * 12 * 27 + 144 * 12 * 25 + 12 * 5 + 5 * 12 + 144 * 12 * 12
    #expect(builder.graph.macCount == convolutions + 864 * 10)
    let stem = 12 * 27 + 12 + 24  // its bias is there, so it counts beside the batch norm
    let gate = 12 * 5 + 5 + 5 * 12 + 12
    let weights = 12 * 27 + 12 * 25 + 12 * 5 + 5 * 12 + 12 * 12 + 864 * 10
    #expect(
      builder.graph.parameterCount
        == stem + (12 * 25 + 12) + gate + (12 * 12 + 12) + (864 * 10 + 10))
    #expect(builder.graph.weightsLength == weights * 4)
    // The stem's 12×12×12 is the largest value.
    #expect(builder.graph.executionLength == weights * 4 + 3 * 4 * 1728)
  }

  @Test("A bias counts where there is one; statistics do not")
  func bias() throws {
    var builder = NetworkBuilder(seed: 1)
    let input = builder.input(1, 1, 3)
    let value = try builder.convolution(
      "conv", input, outputs: 4, window: Window(kernel: 1), hasBias: false)
    #expect(builder.graph.parameterCount == 12)
    _ = try builder.batchNorm("norm", value, epsilon: 0)
    #expect(builder.graph.parameterCount == 12 + 8)
    _ = try builder.convolution("other", input, outputs: 4, window: Window(kernel: 1))
    #expect(builder.graph.parameterCount == 12 + 8 + 16)
    #expect(builder.graph.macCount == 24)
  }

  @Test("Weights that two layers share count once, their multiply-accumulates twice")
  func sharedWeights() throws {
    var builder = NetworkBuilder(seed: 1)
    let input = builder.input(2, 2, 3)
    let conv = Conv2D(inputChannels: 3, outputChannels: 3, window: Window(kernel: 1))
    let weights = builder.weights("weight", conv)
    let first = try builder.add(.conv2D(conv), "first", input, weights)
    _ = try builder.add(.conv2D(conv), "second", first, weights)
    #expect(builder.graph.parameterCount == 9)
    #expect(builder.graph.macCount == 2 * 4 * 9)
  }

  @Test("A count that does not fit is Int.max")
  func saturation() throws {
    var builder = NetworkBuilder(seed: 1)
    let input = builder.input(1 << 30, 1 << 30, 1)
    _ = try builder.convolution(
      "conv", input, outputs: 1, window: Window(kernel: 3, padding: Padding(all: 1)))
    #expect(builder.graph.macCount == .max)
  }
}
