import SwiftletGraph
import Testing

/// Layers that are joined with others, and several in a row, whose errors add up: 3 dB less for
/// twice the layers.
private let blockCases: [ConversionCase] =
  [nil, Activation.relu, .relu6].flatMap { activation -> [ConversionCase] in
    let name = activation?.rawValue ?? "no activation"
    return [
      ConversionCase("residual addition, \(name)", atLeast: 35) { network in
        let x = network.input(5, 5, 18)
        var y = try network.sum(x, try network.conv(x, 18))
        if let activation { y = try network.activation(activation, y) }
        network.output(y)
      },
      ConversionCase("addition of what is read elsewhere too, \(name)", atLeast: 35) { network in
        let x = network.input(5, 5, 10)
        let a = try network.conv(x, 10)
        let b = try network.depthwise(x, .same(3))
        var y = try network.sum(a, b)
        if let activation { y = try network.activation(activation, y) }
        network.output(a, "a")
        network.output(y, "sum")
      },
    ]
  } + [
    ConversionCase("residual with the shortcut second and a projection", atLeast: 35) { network in
      let x = network.input(6, 6, 8)
      let shortcut = try network.norm(try network.conv(x, 20, Window(kernel: 1, stride: 2)))
      var y = try network.activation(.relu, try network.conv(x, 12, .same(3, stride: 2)))
      y = try network.norm(try network.conv(y, 20))
      network.output(try network.activation(.relu, try network.sum(y, shortcut)))
    },
    ConversionCase("addition of a value and itself", atLeast: 34) { network in
      let x = try network.conv(network.input(4, 4, 6), 6)
      network.output(try network.sum(x, x))
    },
    // One operand is 100 times the other, whose rounding then hardly matters.
    ConversionCase("addition of very different scales", atLeast: 35) { network in
      let x = network.input(4, 4, 12)
      let large = try network.depthwise(x, .same(3)) { conv in
        for index in conv.weights.indices { conv.weights[index] *= 100 }
      }
      network.output(try network.sum(large, x))
    },
    ConversionCase("inverted residual", atLeast: 33) { network in
      let x = network.input(7, 7, 12)
      var y = try network.activation(.relu6, try network.norm(try network.conv(x, 36)))
      y = try network.activation(.relu6, try network.norm(try network.depthwise(y, .same(3))))
      y = try network.norm(try network.conv(y, 12))
      network.output(try network.sum(x, y))
    },
    ConversionCase("squeeze-and-excite with h-sigmoid", atLeast: 35) { network in
      let x = network.input(5, 5, 24)
      network.output(try network.squeezeExcite(x, gate: .hardSigmoid))
    },
    ConversionCase("squeeze-and-excite with sigmoid", atLeast: 35) { network in
      let x = network.input(5, 5, 24)
      network.output(try network.squeezeExcite(x, gate: .sigmoid))
    },
    ConversionCase("x · sigmoid(x) written as a product", atLeast: 33, amplitude: 4) { network in
      let x = network.input(5, 5, 6)
      network.output(try network.product(x, network.activation(.sigmoid, x)))
    },
    ConversionCase("gate first", atLeast: 35) { network in
      let x = network.input(5, 5, 24)
      let mean = try network.mean(x)
      let gate = try network.activation(.hardSigmoid, try network.conv(mean, 24))
      network.output(try network.product(gate, x))
    },
    ConversionCase("inverted residual of MobileNetV3", atLeast: 31) { network in
      let x = network.input(7, 7, 12)
      var y = try network.activation(.hardSwish, try network.norm(try network.conv(x, 36)))
      y = try network.norm(try network.depthwise(y, .same(5)))
      y = try network.activation(.hardSwish, y)
      y = try network.squeezeExcite(y, gate: .hardSigmoid)
      y = try network.norm(try network.conv(y, 12))
      network.output(try network.sum(x, y))
    },
    ConversionCase("inverted residual of EfficientNet", atLeast: 31) { network in
      let x = network.input(7, 7, 12)
      var y = try network.activation(.silu, try network.norm(try network.conv(x, 36)))
      y = try network.activation(.silu, try network.norm(try network.depthwise(y, .same(3))))
      y = try network.squeezeExcite(y, gate: .sigmoid)
      y = try network.norm(try network.conv(y, 12))
      network.output(try network.sum(x, y))
    },
    ConversionCase("concat of different scales", atLeast: 35) { network in
      let x = network.input(5, 5, 6)
      let a = try network.activation(.relu, try network.conv(x, 7))
      let b = try network.conv(x, 9) { conv in
        for index in conv.weights.indices { conv.weights[index] *= 3 }
      }
      network.output(try network.add(.concat(Concat(axis: 3)), "concat", a, x, b))
    },
    ConversionCase("concat of one scale", atLeast: 44) { network in
      let x = network.input(5, 5, 6)
      let y = try network.maxPool(x, .same(3))
      network.output(try network.add(.concat(Concat(axis: 3)), "concat", x, y))
    },
    ConversionCase("two outputs", atLeast: 34) { network in
      let x = try network.activation(.relu, try network.conv(network.input(6, 6, 5), 16, .same(3)))
      network.output(try network.conv(x, 4), "boxes")
      let mean = try network.mean(x)
      network.output(try network.linear(mean, 9), "scores")
    },
    ConversionCase("an output that is read inside too", atLeast: 34) { network in
      let x = try network.conv(network.input(6, 6, 5), 16, .same(3))
      network.output(x, "early")
      network.output(try network.conv(try network.activation(.relu, x), 8), "late")
    },
    ConversionCase("flatten into fully connected after a convolution", atLeast: 34) { network in
      var x = try network.activation(.relu, try network.conv(network.input(4, 3, 5), 6, .same(3)))
      x = try network.flatten(x)
      network.output(try network.linear(x, 10))
    },
  ]

@Suite("Converted blocks") struct ConvertedBlockTests {
  @Test(arguments: blockCases) func block(_ test: ConversionCase) throws {
    try test.check()
  }
}
