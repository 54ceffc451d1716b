import SwiftletGraph
import Testing

@Suite("Graph listings")
struct ListingTests {
  @Test("A line for each value: number, shape, operation, reads and name")
  func form() throws {
    var graph = Graph()
    let input = graph.addInput("image", shape: Shape(1, 3, 8, 8))
    let conv = Conv2D(
      inputChannels: 3, outputChannels: 12,
      window: Window(kernel: 3, stride: 2, padding: Padding(all: 1)))
    let weights = graph.addConstant("stem.weight", shape: conv.weightShape)
    let stem = try graph.add(.conv2D(conv), name: "stem", inputs: [input, weights])
    let shift = graph.addConstant("shift", shape: Shape(12, 1, 1))
    let sum = try graph.add(.add(Add()), name: "sum", inputs: [shift, stem])
    let parts = try graph.addNode(
      .split(Split(axis: 1, sizes: [4, 8])), name: "halves", inputs: [sum])
    graph.addOutput("small", value: parts[0])
    graph.addOutput("large", value: parts[1])
    #expect(
      graph.listing == """
        %0  1×3×8×8   input image
        %2  1×12×4×4  conv2D(%0) 3×3, stride 2, padding 1  # stem
        %4  1×12×4×4  add(shift 12×1×1, %2)  # sum
        %5  1×4×4×4   split(%4) axis 1 into [4, 8]  # halves
        %6  1×8×4×4   result 2 of halves
        %5  1×4×4×4   output small
        %6  1×8×4×4   output large
        """)
  }

  @Test("What is fused to a node stands in its line, with the last layer's name")
  func fused() throws {
    var builder = NetworkBuilder(seed: 1, layout: .channelsLast)
    let input = builder.input(2, 2, 3)
    let conv = try builder.convolution("conv", input, outputs: 3, window: Window(kernel: 1))
    let sum = try builder.add(.add(Add()), "sum", input, conv)
    let relu = try builder.add(.activation(.relu6), "relu", sum)
    let layer = try builder.fullyConnected("layer", relu, outputs: 2)
    let swish = try builder.add(.activation(.hardSwish), "swish", layer)
    builder.graph.addOutput("scores", value: swish)
    try builder.graph.apply(passes("fuse"))
    #expect(
      builder.graph.listing == """
        %0  1×2×2×3  input input0
        %5  1×2×2×3  conv2D(%0) 1×1 + %0, relu6  # conv … relu
        %9  1×2      fullyConnected(%5), hardSwish  # layer … swish
        %9  1×2      output scores
        """)
  }

  @Test("A network without anything is empty")
  func empty() {
    #expect(Graph().listing.isEmpty)
  }

  @Test("Every operation says what distinguishes it")
  func details() {
    let window = Window(
      kernelHeight: 3, kernelWidth: 5, strideHeight: 1, strideWidth: 2, dilationHeight: 2,
      dilationWidth: 2, padding: Padding(top: 0, left: 1, bottom: 1, right: 0))
    let cases: [(Operation, String, String)] = [
      (
        .conv2D(Conv2D(inputChannels: 4, outputChannels: 6, groups: 2, window: Window(kernel: 1))),
        "conv2D", "2 groups, 1×1"
      ),
      (
        .conv2D(Conv2D(inputChannels: 4, outputChannels: 4, groups: 4, window: window)),
        "depthwiseConv2D", "3×5, stride 1×2, dilation 2, padding 0,1,1,0"
      ),
      (.fullyConnected(FullyConnected(inputCount: 3, outputCount: 2)), "fullyConnected", ""),
      (.batchNorm(BatchNorm(epsilon: 0.5)), "batchNorm", "epsilon 0.5"),
      (.activation(.silu), "silu", ""), (.add(Add()), "add", ""),
      (.multiply(Multiply()), "multiply", ""),
      (
        .averagePool(AveragePool(window: Window(kernel: 2), countsPadding: true)), "averagePool",
        "2×2, padding counts"
      ),
      (.maxPool(MaxPool(window: Window(kernel: 2, stride: 2))), "maxPool", "2×2, stride 2"),
      (.globalAveragePool(GlobalAveragePool(keepsDimensions: true)), "globalAveragePool", ""),
      (.softmax(Softmax()), "softmax", ""), (.flatten(Flatten()), "flatten", ""),
      (.reshape(Reshape(to: Shape(1, 6))), "reshape", "to 1×6"),
      (.concat(Concat(axis: -1)), "concat", "axis -1"),
      (
        .slice(Slice(starts: [0, 1], sizes: [1, 2], steps: [1, -1])), "slice",
        "from [0, 1], 1×2, steps [1, -1]"
      ),
      (.split(Split(axis: 1, sizes: [1, 2])), "split", "axis 1 into [1, 2]"),
      (.expand(Expand(to: [2, 3])), "expand", "to 2×3"),
      (.transpose(Transpose(order: [1, 0])), "transpose", "order [1, 0]"),
      (
        .pad(Pad(before: [0, 1], after: [2, 0], value: 1.5)), "pad",
        "before [0, 1], after [2, 0], value 1.5"
      ),
      (.channelShuffle(ChannelShuffle(groups: 3)), "channelShuffle", "3 groups"),
    ]
    for (operation, name, details) in cases {
      #expect(operation.name == name)
      #expect(operation.details == details)
    }
  }
}
