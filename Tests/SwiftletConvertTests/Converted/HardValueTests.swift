import SwiftletGraph
import SwiftletRuntime
import Testing

/// Numbers that quantization finds hard.
private let hardCases: [ConversionCase] = [
  ConversionCase("only negative values", atLeast: 36) { network in
    let x = try network.conv(network.input(4, 4, 6), 8) { conv in
      conv.bias = conv.bias.map { $0 - 10 }
    }
    network.output(x, "negative")
    network.output(try network.depthwise(x, .same(3)))
  },
  ConversionCase("only positive values far from zero", atLeast: 36) { network in
    let x = try network.conv(network.input(4, 4, 6), 8) { conv in
      conv.bias = conv.bias.map { $0 + 10 }
    }
    network.output(try network.conv(x, 8))
  },
  ConversionCase("channels of zeros", atLeast: 35) { network in
    let x = try network.conv(network.input(5, 5, 6), 20, .same(3)) { conv in
      for channel in [0, 7, 19] {
        for tap in 0..<54 { conv.weights[channel * 54 + tap] = 0 }
        conv.bias[channel] = 0
      }
    }
    network.output(try network.depthwise(try network.activation(.relu, x), .same(3)))
  },
  ConversionCase("channels of zeros through h-swish", atLeast: 35) { network in
    let x = try network.depthwise(network.input(5, 5, 18), .same(3)) { conv in
      for channel in [3, 17] {
        for tap in 0..<9 { conv.weights[channel * 9 + tap] = 0 }
      }
    }
    network.output(try network.activation(.hardSwish, x))
  },
  // The bias of a near-dead channel would be 10¹⁴ steps of its own weight scale.
  ConversionCase("near-dead channels with large biases", atLeast: 34) { network in
    let x = try network.conv(network.input(5, 5, 6), 20, .same(3)) { conv in
      for channel in [1, 8, 16] {
        for tap in 0..<54 { conv.weights[channel * 54 + tap] *= 1e-14 }
        conv.bias[channel] = channel == 8 ? -3 : 3
      }
    }
    network.output(try network.conv(try network.activation(.relu6, x), 7))
  },
  ConversionCase("near-dead channels by batch-norm, h-swish", atLeast: 34) { network in
    let x = try network.norm(try network.conv(network.input(5, 5, 6), 20, .same(3))) { norm in
      for channel in [1, 8, 16] {
        norm.gamma[channel] = 1e-20
        norm.beta[channel] = channel == 8 ? -5 : 2
      }
      norm.variance[2] = 1e-7
      norm.gamma[2] = 0.03
      norm.mean[2] = 0
    }
    network.output(try network.activation(.hardSwish, x))
  },
  ConversionCase("weights around 10⁻⁸ and activations with them", atLeast: 35) { network in
    let x = try network.conv(network.input(5, 5, 6), 9, .same(3)) { conv in
      conv.weights = conv.weights.map { $0 * 1e-8 }
      conv.bias = conv.bias.map { $0 * 1e-8 }
    }
    network.output(try network.conv(try network.activation(.relu, x), 7))
  },
  ConversionCase("weights around 10⁸ and activations with them", atLeast: 35) { network in
    let x = try network.conv(network.input(5, 5, 6), 9, .same(3)) { conv in
      conv.weights = conv.weights.map { $0 * 1e8 }
      conv.bias = conv.bias.map { $0 * 1e8 }
    }
    network.output(try network.conv(try network.activation(.relu, x), 7))
  },
  ConversionCase("a large layer undone by a small one", atLeast: 34) { network in
    let x = try network.conv(network.input(5, 5, 6), 9) { conv in
      conv.weights = conv.weights.map { $0 * 3e6 }
    }
    let y = try network.conv(x, 9) { conv in conv.weights = conv.weights.map { $0 / 3e6 } }
    network.output(try network.activation(.relu, y))
  },
  // The channels that matter are those of the greatest scale; the sum sees them all.
  ConversionCase("channels whose weights span six decades", atLeast: 34) { network in
    let x = try network.conv(network.input(5, 5, 6), 16) { conv in
      for channel in 0..<16 {
        var factor: Float = 1
        for _ in 0..<channel % 7 { factor /= 10 }
        for index in 0..<6 { conv.weights[channel * 6 + index] *= factor }
      }
    }
    network.output(try network.conv(x, 8))
  },
  ConversionCase("inputs of amplitude 1000", atLeast: 36, amplitude: 1000) { network in
    let x = network.input(5, 5, 6)
    network.output(try network.activation(.hardSwish, try network.conv(x, 9)))
  },
  ConversionCase("inputs of amplitude 0.001", atLeast: 36, amplitude: 0.001) { network in
    let x = network.input(5, 5, 6)
    let y = try network.conv(x, 9) { conv in conv.bias = conv.bias.map { $0 / 1000 } }
    network.output(try network.activation(.relu, y))
  },
]

@Suite("Converted hard values") struct HardValueTests {
  @Test(arguments: hardCases) func hardValues(_ test: ConversionCase) throws {
    try test.check()
  }

  /// A network that always says the same: its bundle must load, and say zero.
  @Test func networkOfZeros() throws {
    var network = NetworkBuilder(seed: 7)
    var x = network.input(4, 4, 3)
    for _ in 0..<2 {
      x = try network.conv(x, 5, .same(3)) { conv in
        conv.weights = conv.weights.map { _ in 0 }
        conv.bias = conv.bias.map { _ in 0 }
      }
      x = try network.activation(.hardSwish, x)
    }
    network.output(x)
    try expectZeros(network.graph)
  }

  /// Values too small for a histogram of floats count as zero.
  @Test(arguments: [1e-30, 1e-36, 1e-38] as [Float])
  func valuesNearTheSmallestFloat(_ factor: Float) throws {
    var network = NetworkBuilder(seed: 7)
    let x = try network.conv(network.input(4, 4, 3), 5) { conv in
      conv.weights = conv.weights.map { $0 * factor }
      conv.bias = conv.bias.map { $0 * factor }
    }
    network.output(try network.activation(.relu, x))
    try expectZeros(network.graph)
  }

  private func expectZeros(_ graph: Graph) throws {
    let calibration = samples(graph, count: 3, seed: 1)
    let interpreter = try Interpreter(try deploy(graph, calibration: calibration))
    for sample in samples(graph, count: 2, seed: 2) {
      #expect(run(interpreter, sample)[0].allSatisfy { abs($0) < 1e-6 })
    }
  }
}
