import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert
@testable import SwiftletRuntime

/// Networks that were quantized before: they state their scales.
@Suite("Quantized networks") struct QuantizedNetworkTests {
  private func rounded(
    _ network: inout NetworkBuilder, _ x: ValueID, _ scale: Float, _ zeroPoint: Int
  ) throws -> ValueID {
    try network.add(
      .fakeQuantize(FakeQuantize(scale: scale, zeroPoint: zeroPoint)), "round", x)
  }

  /// Weights that are whole multiples of 0.02, at most 90 of them, and the operation that says so.
  private func conv(_ network: inout NetworkBuilder, _ x: ValueID) throws -> ValueID {
    let y = try network.conv(x, 6) { constants in
      for index in constants.weights.indices {
        constants.weights[index] = 0.02 * (constants.weights[index] * 50).rounded()
      }
    }
    network.setWeightScales([Float](repeating: 0.02, count: 6))
    return y
  }

  private func network() throws -> Graph {
    var network = NetworkBuilder(seed: 21)
    let x = try rounded(&network, network.input(5, 4, 6), 1.0 / 127, 0)
    var y = try conv(&network, x)
    y = try rounded(&network, try network.activation(.relu, y), 0.015, -128)
    y = try network.maxPool(y, Window(kernel: 2))
    y = try rounded(&network, y, 0.015, -128)
    var z = try rounded(&network, try conv(&network, y), 0.021, 3)
    z = try rounded(&network, try network.sum(y, z), 0.025, -40)
    network.output(try rounded(&network, try network.mean(z), 0.01, -17))
    return network.graph
  }

  /// No samples: all scales are the file's, weights are its levels, and no rounding is left over.
  @Test func keepsScalesAndWeights() throws {
    let graph = try network()
    let model = try deploy(graph, calibration: [])
    let records = (0..<model.tensorCount).map { model.tensor($0).quantization(0) }
    let expected: [QuantizationRecord] = [
      .init(scale: 1.0 / 127, zeroPoint: 0), .init(scale: 0.015, zeroPoint: -128),
      .init(scale: 0.015, zeroPoint: -128), .init(scale: 0.021, zeroPoint: 3),
      .init(scale: 0.025, zeroPoint: -40), .init(scale: 0.01, zeroPoint: -17),
    ]
    #expect(records == expected)
    #expect(
      model.operations.map { $0.header.kind } == [
        .conv2D, .maxPool, .conv2D, .add, .globalAveragePool,
      ])
  }

  /// What is left between the levels of the float network's roundings and the integers: now and then one
  /// level, where a sum lies near the middle of two.
  @Test func computesTheLevelsOfTheFloatNetwork() throws {
    let graph = try network()
    let interpreter = try Interpreter(try deploy(graph, calibration: []))
    let executor = FloatExecutor(graph, threads: 1)
    var equal = 0
    let all = samples(graph, count: 40, seed: 5)
    for sample in all {
      let expected = executor.run(sample)[0].values
      let found = run(interpreter, sample)[0]
      for (level, value) in zip(found, expected) {
        let steps = abs(level - Double(value)) / 0.01
        #expect(steps < 1.01)
        if steps < 0.01 { equal += 1 }
      }
    }
    #expect(Double(equal) > 0.9 * Double(all.count * 6), "\(equal)")
  }

  /// A value without a scale needs calibration, and is named.
  @Test func namesWhatIsNotQuantized() throws {
    var network = NetworkBuilder(seed: 22)
    let x = try rounded(&network, network.input(3, 3, 4), 0.01, 0)
    network.output(try network.conv(x, 5))
    let graph = network.graph
    #expect(throws: ConvertError.self) {
      try Converter.convert(graph, calibration: [[FloatTensor]]())
    }
    do {
      _ = try Converter.convert(graph, calibration: [[FloatTensor]]())
    } catch {
      #expect(
        "\(error)"
          == "the model is quantized but for the result of conv2, whose range is not known; "
          + "give calibration images")
    }
    let model = try deploy(graph, calibration: samples(graph, count: 5, seed: 1))
    #expect(model.tensor(0).quantization(0) == QuantizationRecord(scale: 0.01, zeroPoint: 0))
  }

  /// A scale so fine that the layer's factor is above what the format holds: the layer and the remedy.
  @Test func namesScalesThatAreTooFine() throws {
    var network = NetworkBuilder(seed: 23)
    let x = try rounded(&network, network.input(3, 3, 6), 0.5, 0)
    network.output(try rounded(&network, try conv(&network, x), 0.001, 0))
    do {
      _ = try Converter.convert(network.graph, calibration: [[FloatTensor]]())
      Issue.record("accepted")
    } catch {
      #expect("\(error)".hasPrefix("layer conv2: the model gives its result a scale of 0.001"))
      #expect("\(error)".hasSuffix("quantize the model with a wider range there"))
    }
  }

  /// A rounding of what others read as it is, and one from one scale to another: tables.
  @Test func otherRoundingsAreTables() throws {
    var network = NetworkBuilder(seed: 24)
    let x = try rounded(&network, network.input(3, 3, 6), 0.02, 0)
    let again = try rounded(&network, x, 0.05, 9)
    network.output(try rounded(&network, try conv(&network, again), 0.05, 0), "a")
    network.output(x, "b")
    let model = try deploy(network.graph, calibration: [])
    #expect(model.operations.map { $0.header.kind } == [.lookup, .conv2D])
    #expect(model.tensor(1).quantization(0) == QuantizationRecord(scale: 0.05, zeroPoint: 9))
  }

  /// Softmax is presentation, and so is its rounding.
  @Test func softmaxAndItsRoundingAreLeftOut() throws {
    var network = NetworkBuilder(seed: 25)
    let x = try rounded(&network, network.input(1, 1, 6), 0.02, 0)
    let logits = try rounded(&network, try conv(&network, x), 0.05, 0)
    let softmax = try network.add(.softmax(Softmax(axis: -1)), "softmax", logits)
    network.output(try rounded(&network, softmax, 1.0 / 256, -128))
    let model = try deploy(network.graph, calibration: [])
    #expect(model.operations.count == 1)
    #expect(
      model.tensor(1).quantization(0) == QuantizationRecord(scale: 0.05, zeroPoint: 0))
  }
}

extension NetworkBuilder {
  /// Says of the last convolution how its weights were quantized.
  fileprivate mutating func setWeightScales(_ scales: [Float]) {
    editLast { node in
      guard case .conv2D(var conv) = node.operation else { return }
      conv.weightScales = scales
      node.operation = .conv2D(conv)
    }
  }
}
