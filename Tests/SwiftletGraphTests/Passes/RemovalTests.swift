import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The pass remove-softmax")
struct RemoveSoftmaxTests {
  @Test("A softmax at the end is left out, and a note says so")
  func removed() throws {
    var builder = NetworkBuilder(seed: 1, layout: .channelsLast)
    let input = builder.input(1, 1, 6)
    let logits = try builder.fullyConnected("logits", input, outputs: 4)
    let scores = try builder.add(.softmax(Softmax(layout: .channelsLast)), "scores", logits)
    let graph = builder.graph.withOutputs(scores)
    let after = try checked(passes("remove-softmax"), on: graph)
    #expect(after.operationNames == ["fullyConnected"])
    #expect(after.outputs.map(\.value) == [logits])
    #expect(after.outputs.map(\.name) == ["output0"])
    #expect(after.notes.count == 1 && after.notes[0].contains("scores"))
  }

  @Test("Of several outputs each is left with what it was before its softmax")
  func several() throws {
    var builder = NetworkBuilder(seed: 2)
    let input = builder.input(2, 3, 4)
    let relu = try builder.add(.activation(.relu), "relu", input)
    let first = try builder.add(.softmax(Softmax()), "first", relu)
    let second = try builder.add(.softmax(Softmax()), "second", input)
    var graph = builder.graph.withOutputs(first, relu, second)
    try graph.apply(passes("remove-softmax"))
    checkForm(of: graph)
    #expect(graph.outputs.map(\.value) == [relu, relu, input])
    #expect(graph.notes.count == 2)
  }

  @Test("A softmax before another layer is refused")
  func refused() throws {
    var builder = NetworkBuilder(seed: 3)
    let input = builder.input(2, 3, 4)
    let softmax = try builder.add(.softmax(Softmax()), "attention", input)
    let product = try builder.add(.multiply(Multiply()), "product", softmax, input)
    let graph = builder.graph.withOutputs(product, softmax)
    guard
      case .unsupported(let layer, let operation, let advice) = refusal(
        try passes("remove-softmax"), of: graph)
    else {
      Issue.record("the softmax was accepted")
      return
    }
    #expect(layer == "attention")
    #expect(operation.contains("softmax") && !advice.isEmpty)
  }
}

@Suite("The pass remove-flattens")
struct RemoveFlattensTests {
  @Test("A flattening before a fully connected layer, or at the end, is left out")
  func removed() throws {
    var builder = NetworkBuilder(seed: 1, layout: .channelsLast)
    let input = builder.input(2, 3, 4)
    let flat = try builder.add(.flatten(Flatten()), "flat", input)
    let first = try builder.fullyConnected("first", flat, outputs: 5)
    let second = try builder.fullyConnected("second", flat, outputs: 3)
    let graph = builder.graph.withOutputs(first, second, flat)
    let after = try checked(passes("remove-flattens"), on: graph)
    #expect(after.operationNames == ["fullyConnected", "fullyConnected"])
    #expect(after.outputs.map(\.value) == [first, second, input])
  }

  @Test("The vector of one pixel may be read by anybody who does not name dimensions")
  func onePixel() throws {
    var builder = NetworkBuilder(seed: 2, layout: .channelsLast)
    let input = builder.input(1, 1, 5)
    let flat = try builder.add(.flatten(Flatten()), "flat", input)
    let relu = try builder.add(.activation(.hardSwish), "curve", flat)
    let shift = builder.constant("shift", Shape(5))
    let shifted = try builder.add(.add(Add()), "shifted", flat, shift)
    let scaled = try builder.add(.multiply(Multiply()), "scaled", shift, flat)
    let square = try builder.add(.multiply(Multiply()), "square", flat, flat)
    let sum = try builder.add(.add(Add()), "sum", shifted, flat)
    let conv = try builder.convolution("conv", flat, outputs: 3, window: Window(kernel: 1))
    let norm = try builder.batchNorm("norm", flat, epsilon: 1e-3)
    let vector = try builder.add(.reshape(Reshape(to: Shape(5))), "vector", flat)
    let graph = builder.graph.withOutputs(
      relu, shifted, scaled, square, sum, conv, norm, vector)
    let after = try checked(passes("remove-flattens"), on: graph)
    #expect(!after.operationNames.contains("flatten"))
  }

  @Test("Before an operation that names dimensions it stays")
  func dimensions() throws {
    var builder = NetworkBuilder(seed: 3, layout: .channelsLast)
    let input = builder.input(1, 1, 5)
    let flat = try builder.add(.flatten(Flatten()), "flat", input)
    let concat = try builder.add(.concat(Concat(axis: 1)), "concat", flat, flat)
    let slice = try builder.add(.slice(Slice(starts: [0, 2], sizes: [1, 2])), "slice", flat)
    let pad = try builder.add(.pad(Pad(before: [0, 1], after: [0, 0])), "pad", flat)
    for value in [concat, slice, pad] {
      try checked(passes("remove-flattens"), on: builder.graph.withOutputs(value))
    }
    // A vector's flattening has the same dimensions, so nothing holds it.
    let again = try builder.add(.flatten(Flatten()), "again", slice)
    let joined = try builder.add(.concat(Concat(axis: 1)), "joined", again, pad)
    let after = try checked(passes("remove-flattens"), on: builder.graph.withOutputs(joined))
    #expect(!after.nodes.contains { $0.name == "again" })
  }

  @Test("Two in a row are both left out")
  func twoInARow() throws {
    var builder = NetworkBuilder(seed: 4, layout: .channelsLast)
    let input = builder.input(2, 3, 4)
    let first = try builder.add(.flatten(Flatten()), "first", input)
    let second = try builder.add(.flatten(Flatten()), "second", first)
    let layer = try builder.fullyConnected("layer", second, outputs: 5)
    let after = try checked(passes("remove-flattens"), on: builder.graph.withOutputs(layer))
    #expect(after.operationNames == ["fullyConnected"])
    #expect(after.nodes[0].inputs[0] == input)
  }

  @Test(
    "Of several pixels nobody else may read the vector, however often it is flattened",
    arguments: [1, 2])
  func refused(flattens: Int) throws {
    var builder = NetworkBuilder(seed: 5, layout: .channelsLast)
    var value = builder.input(2, 3, 4)
    for index in 0..<flattens {
      value = try builder.add(.flatten(Flatten()), "flat\(index)", value)
    }
    let relu = try builder.add(.activation(.relu), "relu", value)
    guard
      case .unsupported(let layer, _, let advice) = refusal(
        try passes("remove-flattens"), of: builder.graph.withOutputs(relu))
    else {
      Issue.record("the activation was accepted")
      return
    }
    #expect(layer == "relu")
    #expect(advice.contains("flat\(flattens - 1)"))
  }
}
