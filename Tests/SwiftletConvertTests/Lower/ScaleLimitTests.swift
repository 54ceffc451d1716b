import SwiftletGraph
import SwiftletRuntime
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

/// The scales that operations choose must be ones that their integer forms can express: with the
/// finest range that could be wanted, lowering still finds its multipliers.
@Suite("Scale limits") struct ScaleLimitTests {
  /// The integer form of a one-layer network, with its scales for an output range of `width` and an
  /// input range of 0…1.
  private func lowered(
    width: Double, greatest: Float = 1, build: (inout NetworkBuilder) throws -> Void
  ) throws -> (graph: Graph, quantization: TensorQuantization) {
    var network = NetworkBuilder(seed: 7)
    try build(&network)
    let reference = network.graph
    var graph = reference
    try graph.apply(Pass.integer)
    try graph.checkConvertible()
    let calibration = try Calibration(
      graph, names: [:], samples: samples(reference, count: 2, seed: 1, amplitude: greatest),
      executor: FloatExecutor(reference, threads: 1)
    ) { _, _ in }
    var ranges: [ValueID: ClosedRange<Double>] = [:]
    for port in graph.inputs { ranges[port.value] = 0...1 }
    for node in graph.nodes { for output in node.outputs { ranges[output] = 0...width } }
    let quantization = try TensorQuantization(graph, ranges: ranges, calibration: calibration)
    _ = try BundleBuilder.build(graph, quantization: quantization)
    return (graph, quantization)
  }

  private func scale(
    _ network: (graph: Graph, quantization: TensorQuantization)
  ) throws -> Double {
    Double(network.quantization[try #require(network.graph.nodes.last).output].scale)
  }

  private static let finest: [Double] = [1e-9, 1e-3]

  /// M below 2: s_y > s_x · s_w / 2 with s_x = 1/255 and s_w = 1/127.
  @Test(arguments: finest) func linear(width: Double) throws {
    let found = try scale(
      lowered(width: width) { network in
        let x = try network.conv(network.input(3, 3, 4), 2) {
          $0.weights = $0.weights.map { _ in 1 }
        }
        network.output(x)
      })
    #expect(found > 1 / 255.0 / 127 / 2)
    #expect(found < max(width / 255, 1 / 255.0 / 127 / 1.9))
  }

  /// The residual's scale is at most twice the output's.
  @Test(arguments: finest) func residual(width: Double) throws {
    let found = try scale(
      lowered(width: width) { network in
        let x = network.input(3, 3, 4)
        network.output(try network.sum(x, try network.conv(x, 4) { $0.weights[0] = 0.01 }))
      })
    #expect(found > 1 / 255.0 / 2)
  }

  /// A mean's M is below 2 for a single value.
  @Test(arguments: finest) func averages(width: Double) throws {
    let window = Window(kernel: 2, padding: Padding(all: 1))
    for countsPadding in [false, true] {
      let pool = AveragePool(
        window: window, countsPadding: countsPadding, layout: .channelsLast)
      let found = try scale(
        lowered(width: width) { network in
          network.output(try network.add(.averagePool(pool), "pool", network.input(3, 3, 4)))
        })
      #expect(found > 1 / 255.0 / 2)
    }
    let global = try scale(
      lowered(width: width) { $0.output(try $0.mean($0.input(1, 1, 4))) })
    #expect(global > 1 / 255.0 / 2)
  }

  /// From half to 31.8 times the output's scale.
  @Test(arguments: [1e-9, 1e-3, 1, 1e3, 1e9]) func products(width: Double) throws {
    let found = try scale(
      lowered(width: width) { network in
        let x = network.input(3, 3, 4)
        network.output(try network.product(x, try network.activation(.sigmoid, x)))
      })
    #expect(found > 1 / 255.0 / 31.8)
    #expect(found <= 2.0001 / 255)
  }

  /// An operand's scale is less than 2¹⁵ times the sum's.
  @Test(arguments: finest) func sums(width: Double) throws {
    let found = try scale(
      lowered(width: width) { network in
        let x = network.input(3, 3, 4)
        network.output(try network.sum(x, x))
      })
    #expect(found > 1 / 255.0 / 32768)
  }

  /// f and F fit whatever the pre-activation's size and the output's range.
  @Test(arguments: [1e-9, 1e-3, 1, 1e4], [1e-3, 1, 1e6] as [Float])
  func hardSwish(width: Double, factor: Float) throws {
    let network = try lowered(width: width) { network in
      let x = try network.conv(network.input(3, 3, 4), 2) { constants in
        constants.weights = constants.weights.map { $0 * factor }
      }
      network.output(try network.activation(.hardSwish, x))
    }
    let scales = network.quantization.scales(try #require(network.graph.nodes.last).output)
    let preactivation = try #require(scales.preactivation)
    guard case .hardSwish(let bits) = preactivation.function else {
      Issue.record("not h-swish: \(preactivation.function)")
      return
    }
    #expect((0...12).contains(bits))
    #expect(preactivation.factor(scale: Double(scales[0].scale)) < 0.25)
  }
}
