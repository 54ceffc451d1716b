import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

@Suite("Spread of calibration samples") struct TrainingSpreadTests {
  /// A network whose two batch normalisations know variances of the values before them, of which the
  /// second has a dead channel.
  private func network(_ variances: [Float]) throws -> Graph {
    var network = NetworkBuilder(seed: 3)
    let x = network.input(4, 4, 3)
    var y = try network.norm(x) { $0.variance = variances }
    y = try network.norm(try network.activation(.relu, y)) { $0.variance = [0, 0, 1e9] }
    network.output(y)
    return network.graph
  }

  /// The variance of numbers that are uniform in ±1.
  private let third: Float = 1.0 / 3

  private func share(_ graph: Graph, _ samples: [[FloatTensor]]) throws -> Double? {
    try Converter.convert(graph, calibration: samples).trainingShare
  }

  @Test("Of images like those of training it is about 1, of one value everywhere 0")
  func share() throws {
    // Uniform in ±1 has the variance 1/3. The median of two layers is the greater, the first.
    let like = try network([third, third, third])
    let found = try #require(try share(like, samples(like, count: 40, seed: 5)))
    #expect(abs(found - 1) < 0.1)
    // A tenth of the amplitude has a hundredth of the variance, wherever its mean is.
    let shifted = samples(like, count: 40, seed: 5, amplitude: 0.1).map { sample in
      sample.map { FloatTensor(shape: $0.shape, values: $0.values.map { $0 + 100 }) }
    }
    let small = try #require(try share(like, shifted))
    #expect(abs(small - 0.01) < 0.002)
    let same = FloatTensor(shape: Shape(1, 4, 4, 3), values: [Float](repeating: 0.5, count: 48))
    #expect(try share(like, [[same], [same]]) == 0)
  }

  @Test("The median channel counts, of those that varied in training")
  func channels() throws {
    let graph = try network([third, 1, 0])
    // 1 and 1/3, of which the greater is taken; the dead channel is left out.
    let found = try #require(try share(graph, samples(graph, count: 40, seed: 6)))
    #expect(abs(found - 1) < 0.1)
  }

  @Test("A network without batch normalisations says nothing")
  func none() throws {
    var network = NetworkBuilder(seed: 3)
    network.output(try network.conv(network.input(4, 4, 3), 2))
    let graph = network.graph
    #expect(try share(graph, samples(graph, count: 2, seed: 1)) == nil)
  }

  @Test("Of a classifier the float network's best class of each sample is kept")
  func classes() throws {
    var network = NetworkBuilder(seed: 4)
    network.output(try network.linear(network.flatten(network.input(2, 2, 3)), 5))
    let graph = network.graph
    let samples = samples(graph, count: 20, seed: 8)
    var options = ConversionOptions()
    #expect(try Converter.convert(graph, calibration: samples).floatClasses.isEmpty)
    options.outputs = .logits
    let found = try Converter.convert(graph, calibration: samples, options: options).floatClasses
    let executor = FloatExecutor(graph, threads: 1)
    let expected = samples.map { sample in
      let scores = executor.run(sample)[0].values
      return scores.indices.max { scores[$0] < scores[$1] }
    }
    #expect(found == expected)
    #expect(Set(found).count > 1)
  }
}
