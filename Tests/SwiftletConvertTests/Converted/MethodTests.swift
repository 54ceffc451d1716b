import SwiftletConvert
import SwiftletGraph
import SwiftletRuntime
import SwiftletTestSupport
import Testing

/// A small network with most kinds of layers.
private func mixedNetwork() throws -> Graph {
  var network = NetworkBuilder(seed: 7)
  var x = network.input(9, 9, 3)
  x = try network.activation(
    .hardSwish, try network.norm(try network.conv(x, 16, .same(3, stride: 2))))
  var y = try network.activation(.relu6, try network.norm(try network.depthwise(x, .same(3))))
  y = try network.squeezeExcite(y, gate: .hardSigmoid)
  y = try network.norm(try network.conv(y, 16))
  x = try network.sum(x, y)
  let mean = try network.mean(x)
  network.output(try network.linear(mean, 10))
  return network.graph
}

@Suite("Calibration methods") struct MethodTests {
  /// The mean of 25 pixels hides the differences between images, so that the logits vary less than
  /// in a layer's test; methods that clip lose some of the rest on so small a network.
  @Test(arguments: CalibrationMethod.allCases, [true, false])
  func everyMethodGivesAUsableNetwork(_ method: CalibrationMethod, _ correctsBias: Bool) throws {
    var options = ConversionOptions()
    options.method = method
    options.correctsBias = correctsBias
    let quality = try measure(try mixedNetwork(), options: options)
    #expect(quality[0] >= 27, "\(method), bias correction \(correctsBias): \(quality[0]) dB")
  }

  /// Weights that all round the same way (their real values are 0.4 of a step above a level) shift
  /// a channel's mean; the correction must take most of the shift out again.
  @Test func biasCorrectionTakesTheMeanErrorOut() throws {
    var network = NetworkBuilder(seed: 7)
    let x = try network.activation(.relu, network.input(6, 6, 64))
    network.output(
      try network.conv(x, 4) { conv in
        for channel in 0..<4 {
          for index in 1..<64 { conv.weights[channel * 64 + index] = 10.4 / 127 }
          conv.weights[channel * 64] = 1
          conv.bias[channel] = 0
        }
      })
    var errors: [Bool: Double] = [:]
    for correctsBias in [false, true] {
      var options = ConversionOptions()
      options.method = .minmax
      options.correctsBias = correctsBias
      errors[correctsBias] = try meanError(network.graph, options)
    }
    // 63 inputs of mean ¼ times 0.4/127 each.
    let shift = -63 * 0.25 * 0.4 / 127
    #expect(abs(try #require(errors[false]) - shift) < 0.2 * abs(shift))
    #expect(abs(try #require(errors[true])) < 0.1 * abs(shift))
  }

  private func meanError(_ graph: Graph, _ options: ConversionOptions) throws -> Double {
    let calibration = samples(graph, count: 16, seed: 1)
    let interpreter = try Interpreter(
      try deploy(graph, calibration: calibration, options: options))
    let executor = FloatExecutor(graph, threads: 1)
    var sum = 0.0
    var count = 0.0
    for sample in samples(graph, count: 16, seed: 2) {
      let expected = executor.run(sample)[0].values
      for (integer, float) in zip(run(interpreter, sample)[0], expected) {
        sum += integer - Double(float)
        count += 1
      }
    }
    return sum / count
  }

  /// The input's range comes from preprocessing where it is known, whatever calibration saw.
  @Test func inputRangeOverridesCalibration() throws {
    var options = ConversionOptions()
    options.inputRange = -2.55...2.55
    let graph = try mixedNetwork()
    let model = try deploy(
      graph, calibration: samples(graph, count: 4, seed: 1), options: options)
    #expect(abs(model.tensor(model.inputs[0].tensor).quantization(0).scale - 0.02) < 1e-6)
  }
}

@Suite("Deterministic conversion") struct DeterminismTests {
  @Test(arguments: [CalibrationMethod.automatic, .minmax])
  func sameBytesEachTimeAndForAnyNumberOfThreads(_ method: CalibrationMethod) throws {
    let graph = try mixedNetwork()
    let calibration = samples(graph, count: 6, seed: 1)
    var encodings: [[UInt8]] = []
    for threads in [1, 1, 3] {
      var options = ConversionOptions()
      options.method = method
      options.threads = threads
      let converted = try Converter.convert(graph, calibration: calibration, options: options)
      encodings.append(Array(converted.bundle().pieces.joined()))
    }
    #expect(encodings[0].count > 4096)
    for other in encodings.dropFirst() { #expect(other == encodings[0]) }
  }

  /// Progress goes from the first to the last of each stage.
  @Test func progressNamesStagesInOrder() throws {
    let graph = try mixedNetwork()
    var stages: [String] = []
    var last: [String: [Int]] = [:]
    _ = try Converter.convert(graph, calibration: samples(graph, count: 3, seed: 1)) {
      stage, done, total in
      if stages.last != stage { stages.append(stage) }
      #expect(done >= 1 && done <= total)
      last[stage] = [done, total]
    }
    #expect(stages == ["calibrating", "choosing ranges", "correcting biases"])
    #expect(last.values.allSatisfy { $0[0] == $0[1] })
  }
}
