import Foundation
import SwiftletGraph
import SwiftletRuntime
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

/// Networks whose channels are scaled by powers of two between two linear layers, which floats do not
/// notice: int8 must not notice it much either.
@Suite("Equalization") struct EqualizationTests {
  /// Powers of two, a few of them far from 1; all are 1 for `spread` 0.
  private static func factors(_ count: Int, spread: Int) -> [Float] {
    var random = SplitMix64(seed: 11)
    return (0..<count).map { _ in
      Float(sign: .plus, exponent: Int.random(in: -spread...spread, using: &random), significand: 1)
    }
  }

  /// Where channels are made small or large, and by what layers.
  enum Place: CaseIterable {
    case depthwiseToPointwise, pointwiseToDepthwise, acrossPool, acrossResidual, acrossGate, ofNorm
  }

  private static func network(_ place: Place, spread: Int) throws -> Graph {
    var network = NetworkBuilder(seed: 21)
    let x = network.input(8, 8, 6)
    let count = 16
    let factors = factors(count, spread: spread)
    /// Rows of a maker become `factors` times as large.
    func grow(_ conv: inout LinearConstants) {
      let row = conv.weights.count / count
      for index in conv.weights.indices { conv.weights[index] *= factors[index / row] }
      for index in conv.bias.indices { conv.bias[index] *= factors[index] }
    }
    /// Weights for channels of one pixel after the other shrink as much.
    func shrink(_ conv: inout LinearConstants) {
      for index in conv.weights.indices { conv.weights[index] /= factors[index % count] }
    }
    switch place {
    case .depthwiseToPointwise:
      let y = try network.activation(.relu, try network.conv(x, count))
      let z = try network.depthwise(y, .same(3), edit: grow)
      network.output(try network.conv(network.activation(.relu, z), 10, edit: shrink))
    case .pointwiseToDepthwise:
      let y = try network.activation(.relu, try network.conv(x, count, edit: grow))
      let z = try network.depthwise(y, .same(3)) { conv in
        for index in conv.weights.indices { conv.weights[index] /= factors[index / 9] }
      }
      network.output(try network.conv(z, 10))
    case .acrossPool:
      let y = try network.conv(x, count, .same(3), edit: grow)
      let z = try network.mean(try network.maxPool(network.activation(.relu, y), .same(3)))
      network.output(try network.conv(z, 10, edit: shrink))
    case .acrossResidual:
      let y = try network.conv(x, count, edit: grow)
      let z = try network.activation(.relu6, try network.conv(y, 24, edit: shrink))
      let sum = try network.sum(y, try network.conv(z, count, edit: grow))
      network.output(try network.conv(sum, 10, edit: shrink))
    case .acrossGate:
      let y = try network.activation(.relu, try network.conv(x, count, edit: grow))
      let gate = try network.activation(
        .hardSigmoid, try network.conv(network.mean(y), count, edit: shrink))
      network.output(try network.conv(network.product(y, gate), 10, edit: shrink))
    case .ofNorm:
      let y = try network.norm(try network.conv(x, count)) { norm in
        for index in norm.gamma.indices {
          norm.gamma[index] *= factors[index]
          norm.beta[index] *= factors[index]
        }
      }
      network.output(try network.conv(network.activation(.relu, y), 10, .same(3), edit: shrink))
    }
    return network.graph
  }

  private static func quality(_ graph: Graph) throws -> Double {
    var options = ConversionOptions()
    options.method = .minmax
    return try #require(try measure(graph, options: options).first)
  }

  @Test("Scaled channels cost less than 3 dB", arguments: Place.allCases)
  func scaled(_ place: Place) throws {
    let plain = try Self.network(place, spread: 0)
    let scaled = try Self.network(place, spread: 7)
    // The two are the same in floats, to the last bit.
    let sample = samples(plain, count: 1, seed: 3)[0]
    let outputs = [plain, scaled].map { FloatExecutor($0, threads: 1).run(sample)[0].values }
    #expect(outputs[0] == outputs[1])
    let (expected, found) = (try Self.quality(plain), try Self.quality(scaled))
    #expect(expected > 30)
    #expect(found > expected - 3, "\(found) dB, without scaling \(expected) dB")
  }

  @Test("Networks that do not suffer stay as they are", arguments: Place.allCases)
  func untouched(_ place: Place) throws {
    let graph = try Self.network(place, spread: 0)
    let converted = try Converter.convert(graph, calibration: samples(graph, count: 4, seed: 1))
    #expect(converted.notes.isEmpty)
  }

  @Test("What was done is said, and tensors keep the network's own units")
  func units() throws {
    let graph = try Self.network(.depthwiseToPointwise, spread: 7)
    let samples = samples(graph, count: 8, seed: 1)
    let converted = try Converter.convert(graph, calibration: samples)
    #expect(converted.notes.count == 1)
    #expect(converted.notes.first?.contains("equalized") == true)
    let model = try deploy(graph, calibration: samples)
    let node = graph.nodes[3]
    var expected: [Float] = []
    _ = FloatExecutor(graph, threads: 1).run(samples[0]) { value, tensor in
      if value == node.output { expected = tensor.values }
    }
    // The input, the first convolution's and the depthwise one's, of which this is about.
    let tensor = 2
    let info = model.tensor(tensor)
    #expect(info.quantizationCount == 16)
    let interpreter = try Interpreter(model, keepAllTensors: true)
    _ = run(interpreter, samples[0])
    let error = interpreter.withTensor(tensor) { levels in
      zip(levels.indices, expected).reduce(0.0) { greatest, pair in
        let record = info.quantization(pair.0 % 16)
        let real = Double(record.scale) * Double(Int32(levels[pair.0]) - record.zeroPoint)
        return max(greatest, abs(real - Double(pair.1)) / Double(record.scale))
      }
    }
    // Steps of each channel's own scale: what the layers before it add to the rounding.
    #expect(error < 8)
  }

  @Test("Groups end where scaling cannot be handed on")
  func groups() throws {
    var network = NetworkBuilder(seed: 5)
    let x = network.input(4, 4, 4)
    let y = try network.activation(.relu6, try network.conv(x, 8))
    let z = try network.activation(.relu, try network.conv(y, 8))
    let w = try network.conv(z, 8)
    network.output(try network.conv(w, 3))
    network.output(w, "early")
    let groups = ChannelGroup.all(network.graph)
    // Only the ReLU and what it reads: ReLU6, inputs and outputs have bounds or units of their own.
    #expect(groups.map(\.values) == [[network.graph.nodes[2].output, z]])
    #expect(groups.map(\.makers.count) == [2])
    #expect(groups.map(\.readers.count) == [1])
  }
}
