import Foundation
import SwiftletConvert
import SwiftletGraph
import SwiftletRuntime
import SwiftletTestSupport
import Testing

/// `count` random samples for a graph's inputs, uniform in ±`amplitude`.
func samples(
  _ graph: Graph, count: Int, seed: UInt64, amplitude: Float = 1
) -> [[FloatTensor]] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in
    graph.inputs.map { port in
      let shape = graph.shape(of: port.value)
      return FloatTensor(
        shape: shape, values: (0..<shape.count).map { _ in random.nextSignedUnit() * amplitude })
    }
  }
}

/// Converts, writes the bundle, loads it and checks all of it, as a user's file is.
func deploy(
  _ graph: Graph, calibration: [[FloatTensor]], options: ConversionOptions = ConversionOptions()
) throws -> Model {
  let converted = try Converter.convert(graph, calibration: calibration, options: options)
  return try withTemporaryFolder { folder in
    let path = folder + "/network.swiftlet"
    #expect(try converted.write(to: path) == converted.bundle().count)
    let model = try Model(path: path)
    try model.verifyContents()
    return model
  }
}

/// Quantizes a sample, runs the integer network and dequantizes its outputs.
func run(_ interpreter: Interpreter, _ sample: [FloatTensor]) -> [[Double]] {
  let model = interpreter.model
  for (index, tensor) in sample.enumerated() {
    let info = model.tensor(model.inputs[index].tensor)
    interpreter.withInput(index) { levels in
      for (place, value) in tensor.values.enumerated() {
        let record = info.quantization(place % info.channels)
        let level = (value / record.scale + Float(record.zeroPoint) + 0.5).rounded(.down)
        levels[place] = Int8(min(max(level, -128), 127))
      }
    }
  }
  interpreter.run()
  return model.outputs.map { port in
    let info = model.tensor(port.tensor)
    return interpreter.withTensor(port.tensor) { levels in
      levels.enumerated().map { place, level in
        let record = info.quantization(place % info.channels)
        return Double(record.scale) * Double(Int32(level) - record.zeroPoint)
      }
    }
  }
}

/// Signal to quantization noise of each output in dB, over samples that calibration has not seen.
func measure(
  _ graph: Graph, amplitude: Float = 1, options: ConversionOptions = ConversionOptions()
) throws -> [Double] {
  let model = try deploy(
    graph, calibration: samples(graph, count: 60, seed: 1, amplitude: amplitude),
    options: options)
  let interpreter = try Interpreter(model)
  let executor = FloatExecutor(graph, threads: 1)
  var signal = [Double](repeating: 0, count: graph.outputs.count)
  var noise = signal
  for sample in samples(graph, count: 6, seed: 2, amplitude: amplitude) {
    let found = run(interpreter, sample)
    for (output, expected) in executor.run(sample).enumerated() {
      #expect(found[output].count == expected.values.count)
      for (integer, float) in zip(found[output], expected.values) {
        signal[output] += Double(float) * Double(float)
        noise[output] += (integer - Double(float)) * (integer - Double(float))
      }
    }
  }
  return zip(signal, noise).map { 10 * log10($0 / max($1, 1e-300)) }
}

/// A network and the quality that its integer form must have.
///
/// What to expect: uniform inputs have 48 dB (a step of 2/255 against an amplitude of 1), uniform
/// weights as much, and a sum that is nearly Gaussian, of which ±4σ are covered, 41 dB. A layer thus
/// gives 39 to 40 dB. A zero point that is wrong by one step costs 11 dB, a rounding that lacks its
/// half 6 dB, so that a bound 3 to 4 dB below what to expect finds either. The range from the least to
/// the greatest value of many samples is used: nothing new is clipped, which would hide the rest.
struct ConversionCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bound: Double
  let amplitude: Float
  let build: @Sendable (inout NetworkBuilder) throws -> Void

  init(
    _ name: String, atLeast bound: Double, amplitude: Float = 1,
    build: @escaping @Sendable (inout NetworkBuilder) throws -> Void
  ) {
    testDescription = name
    self.bound = bound
    self.amplitude = amplitude
    self.build = build
  }

  /// Converts and expects the bound at every output.
  func check() throws {
    var builder = NetworkBuilder(seed: 7)
    try build(&builder)
    var options = ConversionOptions()
    options.method = .minmax
    let quality = try measure(builder.graph, amplitude: amplitude, options: options)
    #expect(!quality.isEmpty)
    for (port, found) in zip(builder.graph.outputs, quality) {
      #expect(found >= bound, "\(testDescription): \(port.name) has \(found) dB")
    }
  }
}
