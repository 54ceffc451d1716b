import SwiftletConvert
import SwiftletGraph
import SwiftletTestSupport
import Testing

/// What a refused conversion says; empty when it is accepted.
private func refusal(_ graph: Graph, _ calibration: [[FloatTensor]]? = nil) -> String {
  do {
    _ = try Converter.convert(
      graph, calibration: calibration ?? samples(graph, count: 2, seed: 1))
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite("Refused conversions") struct ConversionErrorTests {
  private func network(
    edit: @escaping (inout LinearConstants) -> Void = { _ in },
    editNorm: @escaping (inout NormConstants) -> Void = { _ in }
  ) throws -> Graph {
    var network = NetworkBuilder(seed: 7)
    var x = try network.conv(network.input(4, 4, 3), 5, .same(3))
    x = try network.conv(x, 6, edit: edit)
    network.output(try network.activation(.relu, try network.norm(x, edit: editNorm)))
    return network.graph
  }

  @Test func soundNetworkIsAccepted() throws {
    #expect(refusal(try network()).isEmpty)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func weightsThatAreNoNumbers(_ value: Float) throws {
    let weights = refusal(try network(edit: { $0.weights[7] = value }))
    #expect(weights.contains("conv2") && weights.contains("weights"), "\(weights)")
    let bias = refusal(try network(edit: { $0.bias[1] = value }))
    #expect(bias.contains("conv2") && bias.contains("biases"), "\(bias)")
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func statisticsThatAreNoNumbers(_ value: Float) throws {
    for path in [\NormConstants.gamma, \.beta, \.mean] {
      let found = refusal(try network(editNorm: { $0[keyPath: path][2] = value }))
      #expect(found.contains("norm3") && found.contains("batch-norm"), "\(found)")
    }
  }

  /// Finite weights whose sums overflow a float: the layer where it happens is named.
  @Test func activationsThatOverflow() throws {
    var network = NetworkBuilder(seed: 7)
    var x = try network.conv(network.input(4, 4, 3), 5, .same(3))
    x = try network.activation(
      .relu, try network.conv(x, 6) { conv in conv.weights = conv.weights.map { _ in 3e38 } })
    network.output(try network.conv(x, 4))
    let found = refusal(network.graph)
    #expect(found.contains("layer relu3") && found.contains("sample 1"), "\(found)")
  }

  /// Finite weights that batch-norm folding makes infinite.
  @Test func weightsThatOverflowInFolding() throws {
    let found = refusal(try network(edit: { $0.weights[3] = 3e38 }, editNorm: { $0.gamma[0] = 50 }))
    #expect(found.contains("layer conv2") && found.contains("weights"), "\(found)")
  }

  @Test func samplesThatAreNoNumbers() throws {
    let graph = try network()
    var calibration = samples(graph, count: 3, seed: 1)
    calibration[1][0].values[5] = .nan
    let found = refusal(graph, calibration)
    #expect(found.contains("layer input") && found.contains("sample 2"), "\(found)")
  }

  @Test func samplesOfTheWrongShape() throws {
    let graph = try network()
    var calibration = samples(graph, count: 3, seed: 1)
    calibration[2] = [FloatTensor(shape: Shape(1, 4, 5, 3), repeating: 0)]
    let found = refusal(graph, calibration)
    #expect(
      found.contains("sample 3") && found.contains("4×4×3") && found.contains("4×5×3"), "\(found)")
  }

  @Test func samplesThatAreMissing() throws {
    let graph = try network()
    #expect(refusal(graph, []).contains("at least one sample"))
    let tensor = samples(graph, count: 1, seed: 1)[0][0]
    for sample in [[], [tensor, tensor]] {
      let found = refusal(graph, [[tensor], sample])
      #expect(found.contains("sample 2") && found.contains("\(sample.count)"), "\(found)")
    }
  }

  @Test func networksWithoutAnIntegerForm() throws {
    #expect(refusal(Graph(), [[]]).contains("no layers"))

    var inner = NetworkBuilder(seed: 7)
    let soft = try inner.add(
      .softmax(Softmax(layout: .channelsLast)), "softmax", inner.input(1, 1, 8))
    inner.output(try inner.linear(soft, 3))
    #expect(refusal(inner.graph).contains("softmax1"))

    for activation in [Activation.relu, .sigmoid] {
      var flat = NetworkBuilder(seed: 7)
      let vector = try flat.flatten(flat.input(2, 3, 4))
      flat.output(try flat.activation(activation, vector))
      #expect(refusal(flat.graph).contains("\(activation.rawValue)2"))
    }

    var dilated = NetworkBuilder(seed: 7)
    dilated.output(
      try dilated.maxPool(dilated.input(5, 5, 3), Window(kernel: 2, dilation: 2)))
    #expect(refusal(dilated.graph).contains("pool1"))
  }
}
