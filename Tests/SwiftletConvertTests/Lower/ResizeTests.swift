import SwiftletGraph
import SwiftletRuntime
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

/// All ways to resize, to this size.
private func modes(_ height: Int, _ width: Int) -> [Resize] {
  Resize.Interpolation.allCases.flatMap { interpolation in
    Resize.Coordinates.allCases.map {
      Resize(
        height: height, width: width, interpolation: interpolation, coordinates: $0,
        layout: .channelsLast)
    }
  }
}

@Suite("Lowered resizes") struct ResizeTests {
  /// The float resize of the numbers that the input's levels stand for is at most a step away: half
  /// for the rounding, and what 11 bits of weight lose.
  @Test(arguments: [(9, 11), (3, 2), (1, 1), (5, 6), (16, 4)])
  func levelsAreThoseOfTheFloatResize(_ height: Int, _ width: Int) throws {
    for resize in modes(height, width) {
      var network = NetworkBuilder(seed: 7)
      network.output(try network.add(.resize(resize), "resize", network.input(5, 6, 7)))
      let graph = network.graph
      var options = ConversionOptions()
      options.method = .minmax
      let model = try deploy(
        graph, calibration: samples(graph, count: 8, seed: 1), options: options)
      let (input, output) = (
        model.tensor(model.inputs[0].tensor), model.tensor(model.outputs[0].tensor)
      )
      let record = input.quantization(0)
      #expect(output.quantization(0) == record)
      #expect([output.height, output.width, output.channels] == [height, width, 7])

      let interpreter = try Interpreter(model, keepAllTensors: true)
      let found = run(interpreter, samples(graph, count: 1, seed: 2)[0])[0]
      let rounded = interpreter.withTensor(model.inputs[0].tensor) { levels in
        levels.map { Float(record.dequantize($0)) }
      }
      let shape = graph.shape(of: graph.inputs[0].value)
      let expected = FloatExecutor(graph, threads: 1)
        .run([FloatTensor(shape: shape, values: rounded)])[0].values
      #expect(found.count == expected.count && Set(found).count > 2)
      let largest = resize.interpolation == .nearest ? 0.001 : 0.57
      for (level, value) in zip(found, expected) {
        #expect(abs(level - Double(value)) <= largest * Double(record.scale), "\(resize.details)")
      }
    }
  }

  /// A whole network: the same bytes with 1 and 3 threads, and the quality of its layers.
  @Test func networksRunEndToEnd() throws {
    for resize in modes(24, 20) {
      var network = NetworkBuilder(seed: 8)
      let x = network.input(12, 10, 5)
      var y = try network.activation(.relu, try network.conv(x, 24, .same(3)))
      y = try network.add(.resize(resize), "resize", y)
      network.output(try network.conv(y, 9, .same(3)))
      let graph = network.graph
      var options = ConversionOptions()
      options.method = .minmax
      let calibration = samples(graph, count: 20, seed: 1)
      let model = try deploy(graph, calibration: calibration, options: options)
      let single = try Interpreter(model, threads: 1)
      let several = try Interpreter(model, threads: 3)
      for sample in samples(graph, count: 3, seed: 2) {
        #expect(run(single, sample) == run(several, sample))
      }
      let quality = try measure(graph, options: options)
      #expect(quality.count == 1 && quality[0] >= 35, "\(resize.details): \(quality) dB")
    }
  }

  /// What a depthwise convolution reads through resizes has a scale per channel, from one end to the
  /// other.
  @Test func scalesPerChannelPassThrough() throws {
    var network = NetworkBuilder(seed: 9)
    let x = try network.conv(network.input(6, 6, 5), 12) { conv in
      for index in 0..<30 { conv.weights[index] *= 20 }
    }
    let larger = try network.add(.resize(modes(9, 9)[3]), "resize", x)
    let smaller = try network.add(.resize(modes(4, 4)[1]), "resize", larger)
    network.output(try network.depthwise(smaller, .same(3)))
    var graph = network.graph
    try graph.apply(Pass.integer)
    let conv = try #require(graph.nodes.first)
    #expect(PerChannel.values(graph) == [conv.output])

    var options = ConversionOptions()
    options.method = .minmax
    let model = try deploy(
      network.graph, calibration: samples(network.graph, count: 20, seed: 1), options: options)
    let counts = (0..<model.tensorCount).map { model.tensor($0).quantizationCount }
    #expect(counts.filter { $0 == 12 }.count == 3)
    #expect(try measure(network.graph, options: options)[0] >= 34)
  }

  /// A reader of the resized image that has one multiplier for all channels, and an output, need one
  /// scale before the resize already.
  @Test func noScalesPerChannelWhereTheResultHasOtherReaders() throws {
    for hasConvolution in [true, false] {
      var network = NetworkBuilder(seed: 9)
      let x = try network.conv(network.input(6, 6, 5), 12)
      let resized = try network.add(.resize(modes(9, 9)[3]), "resize", x)
      network.output(try network.depthwise(x, .same(3)), "beside")
      network.output(try network.depthwise(resized, .same(3)), "behind")
      network.output(hasConvolution ? try network.conv(resized, 3) : resized, "other")
      var graph = network.graph
      try graph.apply(Pass.integer)
      #expect(PerChannel.values(graph).isEmpty)
      var options = ConversionOptions()
      options.method = .minmax
      _ = try deploy(
        network.graph, calibration: samples(network.graph, count: 3, seed: 1), options: options)
    }
  }

  /// The bundle's tables are bounded; the layer is named.
  @Test func refusesLongSides() throws {
    for (height, width) in [(16385, 1), (1, 16385)] {
      var network = NetworkBuilder(seed: 7)
      let resize = Resize(
        height: height, width: width, interpolation: .nearest, coordinates: .asymmetric,
        layout: .channelsLast)
      network.output(try network.add(.resize(resize), "resize", network.input(2, 2, 1)))
      do {
        _ = try Converter.convert(
          network.graph, calibration: samples(network.graph, count: 1, seed: 1))
        Issue.record("a side of 16,385 was accepted")
      } catch {
        #expect("\(error)".hasPrefix("layer resize1: a resize to \(height)×\(width)"))
      }
    }
  }
}
