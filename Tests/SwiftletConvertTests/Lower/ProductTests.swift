import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert
@testable import SwiftletRuntime

@Suite("Lowered products") struct ProductTests {
  /// What the second factor has of the first one's 6 × 5 pixels and 8 channels.
  enum Extent: CaseIterable {
    case all, channels, pixels, one
  }

  private func network(_ extent: Extent) throws -> Graph {
    var network = NetworkBuilder(seed: 11)
    let x = network.input(6, 5, 7)
    let a = try network.conv(x, 8)
    var b: ValueID
    switch extent {
    case .all: b = try network.conv(x, 8)
    case .channels: b = try network.mean(try network.conv(x, 8))
    case .pixels: b = try network.conv(x, 1)
    case .one: b = try network.mean(try network.conv(x, 1))
    }
    b = try network.activation(.leakyRelu(slope: 0.5), b)
    // The smaller factor stands on either side.
    network.output(
      extent == .channels ? try network.product(b, a) : try network.product(a, b))
    return network.graph
  }

  /// The levels are those nearest to the product of what the factors' levels mean: at most one off, where
  /// 15 bits of the multiplier and 16 of the sum decide between two.
  @Test(arguments: Extent.allCases)
  func areTheNearestLevels(_ extent: Extent) throws {
    let graph = try network(extent)
    var options = ConversionOptions()
    options.method = .minmax
    let model = try deploy(
      graph, calibration: samples(graph, count: 20, seed: 1), options: options)
    let product = try #require(model.operations.last { $0.header.kind == .product })
    let interpreter = try Interpreter(model, keepAllTensors: true)
    var (equal, count) = (0, 0)
    for sample in samples(graph, count: 5, seed: 2) {
      _ = run(interpreter, sample)
      func reals(_ tensor: Int) -> [Double] {
        let record = model.tensor(tensor).quantization(0)
        return interpreter.withTensor(tensor) { $0.map { record.dequantize($0) } }
      }
      let (a, b) = (reals(product.operands[0]), reals(product.operands[1]))
      let result = model.tensor(product.output).quantization(0)
      let other = model.tensors[product.operands[1]]
      let levels = interpreter.withTensor(product.output) { Array($0) }
      for (place, level) in levels.enumerated() {
        let (pixel, channel) = place.quotientAndRemainder(dividingBy: 8)
        let start = other.pixels == 1 ? 0 : pixel * other.channels
        let second = start + (other.channels == 1 ? 0 : channel)
        let exact = result.quantize(a[place] * b[second])
        #expect(abs(Int(exact) - Int(level)) <= 1)
        equal += exact == level ? 1 : 0
        count += 1
      }
    }
    #expect(Double(equal) > 0.97 * Double(count), "\(equal) of \(count)")
  }

  @Test(arguments: Extent.allCases)
  func areTheSameOnSeveralThreads(_ extent: Extent) throws {
    let graph = try network(extent)
    let model = try deploy(graph, calibration: samples(graph, count: 3, seed: 1))
    #expect(model.operations.contains { $0.header.kind == .product })
    let (single, several) = (
      try Interpreter(model, threads: 1), try Interpreter(model, threads: 3)
    )
    for sample in samples(graph, count: 3, seed: 2) {
      #expect(run(single, sample) == run(several, sample))
    }
  }

  /// x · x, and a gate: the one becomes a product, the other the faster multiply.
  @Test func gatesKeepTheirOperation() throws {
    var network = NetworkBuilder(seed: 12)
    let x = try network.conv(network.input(4, 4, 6), 6)
    let square = try network.product(x, x)
    network.output(try network.squeezeExcite(square, gate: .hardSigmoid))
    var options = ConversionOptions()
    options.method = .minmax
    let model = try deploy(
      network.graph, calibration: samples(network.graph, count: 10, seed: 1), options: options)
    #expect(model.operations.filter { $0.header.kind == .product }.count == 1)
    #expect(model.operations.filter { $0.header.kind == .multiply }.count == 1)
  }

  /// Of two factors neither of which has the result's shape one is repeated.
  @Test func outerProductsAreRepeated() throws {
    var network = NetworkBuilder(seed: 13)
    let x = network.input(4, 3, 6)
    let column = try network.conv(x, 1)
    let row = try network.mean(try network.conv(x, 6))
    network.output(try network.product(column, row))
    var graph = network.graph
    try graph.apply(Pass.reference)
    // With what is usual: ranges are searched for and biases corrected, for which every layer is run.
    let model = try deploy(graph, calibration: samples(graph, count: 20, seed: 1))
    #expect(model.operations.suffix(2).map(\.header.kind) == [.copy, .product])
    let interpreter = try Interpreter(model)
    var (signal, noise) = (0.0, 0.0)
    for sample in samples(graph, count: 5, seed: 1) {
      let exact = FloatExecutor(graph, threads: 1).run(sample)[0].values
      for (found, value) in zip(run(interpreter, sample)[0], exact) {
        signal += Double(value) * Double(value)
        noise += (found - Double(value)) * (found - Double(value))
      }
    }
    #expect(signal > 1000 * noise, "\(signal / noise)")
  }
}
