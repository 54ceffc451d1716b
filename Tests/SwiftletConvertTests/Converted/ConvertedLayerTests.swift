import SwiftletGraph
import Testing

private let linearCases: [ConversionCase] =
  [nil, Activation.relu, .relu6, .hardSigmoid, .hardSwish, .sigmoid, .silu].map { activation in
    ConversionCase(
      "3×3 convolution, \(activation?.rawValue ?? "no activation")",
      atLeast: 36
    ) { network in
      var x = network.input(6, 7, 3)
      x = try network.norm(try network.conv(x, 20, .same(3, stride: 2)))
      if let activation { x = try network.activation(activation, x) }
      network.output(x)
    }
  }
  + [Activation.relu6, .hardSwish].flatMap { activation in
    [
      Window.same(3), .same(3, stride: 2), .same(5), .same(5, stride: 2), .bottomRight(3),
      .bottomRight(5),
    ].map { window in
      let name =
        "\(window.kernelHeight)×\(window.kernelWidth) stride \(window.strideHeight) "
        + "padding \(window.padding.top),\(window.padding.bottom) \(activation.rawValue)"
      return ConversionCase("depthwise \(name)", atLeast: 36) { network in
        var x = network.input(8, 8, 19)
        x = try network.norm(try network.depthwise(x, window))
        network.output(try network.activation(activation, x))
      }
    }
  } + [
    ConversionCase("1×1 convolution", atLeast: 36) { network in
      let x = network.input(5, 3, 18)
      network.output(try network.conv(x, 33))
    },
    ConversionCase("1×1 convolution on one pixel", atLeast: 36) { network in
      let x = network.input(1, 1, 24)
      network.output(try network.activation(.hardSwish, try network.conv(x, 17)))
    },
    ConversionCase("grouped convolution", atLeast: 36) { network in
      let x = network.input(6, 6, 12)
      network.output(try network.activation(.relu, try network.conv(x, 9, .same(3), groups: 3)))
    },
    ConversionCase("one output a group, not depthwise", atLeast: 36) { network in
      let x = network.input(6, 6, 8)
      network.output(try network.conv(x, 4, .same(3), groups: 4))
    },
    ConversionCase("several outputs a channel", atLeast: 36) { network in
      let x = network.input(6, 6, 4)
      network.output(try network.conv(x, 12, .same(3), groups: 4))
    },
    ConversionCase("dilated convolution", atLeast: 36) { network in
      let x = network.input(9, 9, 5)
      network.output(try network.conv(x, 8, .same(3, dilation: 2)))
    },
    ConversionCase("dilated depthwise convolution", atLeast: 36) { network in
      let x = network.input(9, 9, 17)
      network.output(try network.depthwise(x, .same(3, dilation: 3)))
    },
    ConversionCase("1×7 convolution, strides 1 and 3", atLeast: 36) { network in
      let x = network.input(5, 11, 6)
      let window = Window(
        kernelHeight: 1, kernelWidth: 7, strideHeight: 1, strideWidth: 3,
        padding: Padding(top: 0, left: 3, bottom: 0, right: 2))
      network.output(try network.conv(x, 8, window))
    },
    ConversionCase("batch-norm by itself", atLeast: 36) { network in
      let x = network.input(4, 4, 21)
      network.output(try network.activation(.relu, try network.norm(x)))
    },
    ConversionCase("two batch-norms in a row", atLeast: 36) { network in
      let x = try network.conv(network.input(4, 4, 6), 21)
      network.output(try network.norm(try network.norm(x)))
    },
    ConversionCase("flatten of 3×2 pixels, fully connected", atLeast: 36) { network in
      let x = try network.flatten(network.input(3, 2, 7))
      network.output(try network.activation(.relu, try network.linear(x, 11)))
    },
    ConversionCase("fully connected with batch-norm", atLeast: 36) { network in
      let x = try network.linear(network.input(1, 1, 40), 19)
      network.output(try network.norm(x))
    },
  ]

private let otherCases: [ConversionCase] =
  Activation.examples.map { activation in
    ConversionCase("\(activation.rawValue) by itself", atLeast: 36, amplitude: 5) { network in
      network.output(try network.activation(activation, network.input(4, 5, 6)))
    }
  }
  + [true, false].flatMap { countsPadding in
    [Window.same(3), .same(3, stride: 2), .bottomRight(3), Window(kernel: 2, stride: 2)].map {
      window in
      ConversionCase(
        "average pool \(window.kernelHeight), stride \(window.strideHeight), padding "
          + "\(window.padding.top),\(window.padding.bottom) \(countsPadding ? "" : "not ")counted",
        atLeast: 36
      ) { network in
        let pool = AveragePool(
          window: window, countsPadding: countsPadding, layout: .channelsLast)
        network.output(try network.add(.averagePool(pool), "pool", network.input(8, 8, 5)))
      }
    }
  }
  + [Window.same(3, stride: 2), Window(kernel: 2, stride: 2), .bottomRight(3)].map { window in
    // Only the input is rounded, and a maximum shifts it alike.
    ConversionCase(
      "max pool \(window.kernelHeight), padding \(window.padding.top),\(window.padding.bottom)",
      atLeast: 44
    ) { network in
      network.output(try network.maxPool(network.input(8, 6, 19), window))
    }
  } + [
    // The mean over 35 uniform values is 15 dB below them, and the rounding of the input with it.
    ConversionCase("global average pool", atLeast: 36) { network in
      network.output(try network.mean(network.input(5, 7, 18)))
    },
    ConversionCase("softmax at the end is left out before a linear layer's logits", atLeast: 36) {
      network in
      let x = try network.linear(network.input(1, 1, 16), 10)
      network.output(x)
      _ = try network.add(.softmax(Softmax(layout: .channelsLast)), "softmax", x)
    },
  ]

@Suite("Converted layers") struct ConvertedLayerTests {
  @Test(arguments: linearCases) func linearLayers(_ test: ConversionCase) throws {
    try test.check()
  }

  @Test(arguments: otherCases) func otherLayers(_ test: ConversionCase) throws {
    try test.check()
  }
}
