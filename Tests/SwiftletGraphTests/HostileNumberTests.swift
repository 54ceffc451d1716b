import SwiftletGraph
import Testing

@Suite("Hostile numbers in shape rules")
struct HostileNumberTests {
  private static let image = Shape(1, 6, 5, 7)
  private static let weights = Shape(4, 3, 3, 3)

  @Test("Huge numbers are refused without overflow")
  func hugeNumbers() {
    let good = Conv2D(inputChannels: 6, outputChannels: 4, groups: 2, window: Window(kernel: 3))
    var conv = good
    conv.window.kernelHeight = .max
    conv.window.dilationHeight = .max
    #expect(isMalformed(.conv2D(conv), [Self.image, Self.weights]))
    conv = good
    conv.window.strideHeight = .max
    #expect(problem(.conv2D(conv), [Self.image, Self.weights]) == nil)
    conv = Conv2D(inputChannels: 6, outputChannels: .max, window: Window(kernel: 3))
    #expect(isMalformed(.conv2D(conv), [Self.image, Self.weights]))
    conv = Conv2D(
      inputChannels: 1, outputChannels: 1,
      window: Window(kernel: 1, padding: Padding(all: 1 << 40)))
    #expect(isMalformed(.conv2D(conv), [Shape(1, 1), Shape(1, 1, 1, 1)]))
    let half = Int.max / 2 + 1
    let wide = Shape(1, 1, half / 2, 1)
    #expect(isMalformed(.concat(Concat(axis: 2)), [wide, wide]))
    for axis in [4, -5, Int.min, Int.max] {
      #expect(isMalformed(.softmax(Softmax(axis: axis)), [wide]))
    }
    #expect(isMalformed(.concat(Concat(axis: 3)), [wide, wide]))
    #expect(isMalformed(.add(Add()), [Shape(1 << 31, 1), Shape(1 << 31)]))
  }

  @Test("Shapes without elements, of negative extents and too large ones are refused")
  func hugeShapes() {
    let half = Int.max / 2 + 1
    for shape in [
      Shape(1, half, 4, 1), Shape(1, 0, 1, 1), Shape(1, 1, -1, -1), Shape(1, 1, 1, .min),
    ] {
      let operations: [Operation] = [
        .activation(.relu), .flatten(Flatten()), .softmax(Softmax()),
        .globalAveragePool(GlobalAveragePool(keepsDimensions: true)), .reshape(Reshape(to: shape)),
        .concat(Concat(axis: 0)), .channelShuffle(ChannelShuffle(groups: 1)),
        .slice(Slice(starts: [0, 0, 0, 0], sizes: [1, 1, 1, 1])),
        .pad(Pad(before: [0, 0, 0, 0], after: [0, 0, 0, 0])),
        .split(Split(axis: 0, sizes: [1])), .transpose(Transpose(order: [0, 1, 2, 3])),
        .expand(Expand(to: [2, 2, 2, 2])), .expand(Expand(to: shape.dimensions)),
      ]
      for operation in operations {
        #expect(isMalformed(operation, [shape]), "\(operation.name) of \(shape)")
      }
      #expect(isMalformed(.add(Add()), [shape, shape]))
      #expect(isMalformed(.reshape(Reshape(to: shape)), [Shape(1, 1)]))
    }
  }

  @Test("A slice stays inside the input")
  func slices() {
    func isRefused(_ starts: [Int], _ sizes: [Int], _ steps: [Int]) -> Bool {
      isMalformed(.slice(Slice(starts: starts, sizes: sizes, steps: steps)), [Shape(4, 9)])
    }
    #expect(!isRefused([3, 8], [4, 5], [-1, -2]))
    #expect(!isRefused([0, 0], [2, 3], [3, 4]))
    #expect(isRefused([0, 0], [5, 1], [1, 1]))
    #expect(isRefused([0, 0], [1, 4], [1, 3]))
    #expect(isRefused([2, 0], [4, 1], [-1, 1]))
    #expect(isRefused([4, 0], [1, 1], [1, 1]))
    #expect(isRefused([-1, 0], [1, 1], [1, 1]))
    #expect(isRefused([0], [1], [1]))
    #expect(isRefused([0, 0], [1], [1, 1]))
    #expect(isRefused([0, 0], [0, 1], [1, 1]))
    for step in [Int.max, .min] {
      #expect(isRefused([0, 0], [1, 3], [1, step]))
      #expect(isRefused([0, 8], [1, 2], [1, step]))
      #expect(isRefused([0, step], [1, 1], [1, 1]))
      #expect(isRefused([0, 0], [1, step], [1, 1]))
    }
  }

  @Test("A split's parts make up the dimension")
  func splits() {
    func isRefused(_ axis: Int, _ sizes: [Int]) -> Bool {
      isMalformed(.split(Split(axis: axis, sizes: sizes)), [Shape(4, 9)])
    }
    #expect(!isRefused(1, [2, 3, 4]))
    #expect(!isRefused(-2, [4]))
    for sizes in [[2, 3], [9, 9], [], [10, -1], [9, 0], [.max, .max, 11], [.min, .max]] {
      #expect(isRefused(1, sizes), "\(sizes)")
    }
    for axis in [2, -3, .max, .min] {
      #expect(isRefused(axis, [4]), "\(axis)")
      #expect(isMalformed(.concat(Concat(axis: axis)), [Shape(4, 9)]), "\(axis)")
    }
  }

  @Test("Padding, orders, groups and reshapes that do not fit are refused")
  func others() {
    let shape = Shape(1, 6, 2, 2)
    for (before, after) in [
      ([0, 0, 0], [0, 0, 0]), ([0, 0, 0, -1], [0, 0, 0, 1]), ([0, 0, 0, 0], [0, 0, 0, -1]),
      ([0, 0, 0, 0], [0, 0, 0]), ([0, .max, 0, 0], [0, 0, 0, 0]),
      ([0, 1 << 62, 0, 0], [0, 0, 0, 0]),
    ] {
      #expect(isMalformed(.pad(Pad(before: before, after: after)), [shape]), "\(before) \(after)")
    }
    for order in [[0, 1, 2], [0, 1, 2, 2], [1, 2, 3, 4], [0, -1, 2, 3], [], [0, 1, 2, 3, 4]] {
      #expect(isMalformed(.transpose(Transpose(order: order)), [shape]), "\(order)")
    }
    for groups in [0, -1, 4, .max, .min] {
      #expect(isMalformed(.channelShuffle(ChannelShuffle(groups: groups)), [shape]), "\(groups)")
    }
    for other in [Shape(23), Shape(-4, -6), Shape(1, 1, 1, 1, 1, 1, 24), Shape()] {
      #expect(isMalformed(.reshape(Reshape(to: other)), [shape]), "\(other)")
    }
  }

  @Test("Batch norm's constants agree, and its variances are positive")
  func batchNorm() throws {
    let norm = BatchNorm(epsilon: 1e-3)
    let good = [Shape](repeating: Shape(2), count: 4)
    #expect(problem(.batchNorm(norm), [Shape(1, 2)] + good) == nil)
    for index in 1..<4 {
      var bad = good
      bad[index] = Shape(1)
      #expect(isMalformed(.batchNorm(norm), [Shape(1, 2)] + bad))
    }
    for (variance, isGood) in [
      (1, true), (0, true), (-1e-4, true), (-1, false), (-1e-3, false), (-.infinity, false),
      (.nan, false),
    ] as [(Float, Bool)] {
      var graph = Graph()
      let input = graph.addInput("input", shape: Shape(1, 2))
      let ones = graph.addConstant("ones", shape: Shape(2), .floats([1, 1]))
      let variances = graph.addConstant("variance", shape: Shape(2), .floats([1, variance]))
      _ = try graph.add(
        .batchNorm(norm), name: "norm", inputs: [input, ones, ones, ones, variances])
      do throws(GraphError) {
        try graph.checkConstants()
        #expect(isGood, "\(variance)")
      } catch {
        #expect(!isGood && error.layer == "norm", "\(variance)")
        #expect(error.description.contains("channel 1"))
      }
    }
  }
}
