import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// One convolution to test.
struct ConvCase: CustomTestStringConvertible, Sendable {
  var height = 5
  var width = 6
  var channels = 3
  var outputs = 5
  var kernel = (3, 3)
  var stride = (1, 1)
  var dilation = (1, 1)
  /// Top, left, bottom, right.
  var padding = [1, 1, 1, 1]
  var groups = 1
  var depthwise = false
  var perChannelInput = false
  var epilogue = EpilogueKind.requantize

  var outputHeight: Int {
    (height + padding[0] + padding[2] - (kernel.0 - 1) * dilation.0 - 1) / stride.0 + 1
  }
  var outputWidth: Int {
    (width + padding[1] + padding[3] - (kernel.1 - 1) * dilation.1 - 1) / stride.1 + 1
  }
  var testDescription: String {
    "\(height)×\(width)×\(channels)→\(outputs) k\(kernel) s\(stride) d\(dilation) p\(padding) "
      + "g\(groups) \(depthwise ? "depthwise" : "") \(epilogue)"
  }

  static let all: [ConvCase] = [
    ConvCase(),
    ConvCase(channels: 8, outputs: 17, kernel: (1, 1), padding: [0, 0, 0, 0]),
    ConvCase(
      height: 40, width: 20, channels: 19, outputs: 33, kernel: (1, 1), padding: [0, 0, 0, 0],
      epilogue: .add),
    ConvCase(kernel: (1, 1), stride: (2, 2), padding: [0, 0, 0, 0]),
    ConvCase(
      height: 14, width: 13, stride: (2, 2), padding: [0, 0, 1, 1], epilogue: .hardSwish),
    ConvCase(height: 9, width: 13, channels: 21, outputs: 35, groups: 1, epilogue: .curve),
    ConvCase(
      height: 8, width: 9, channels: 20, outputs: 20, depthwise: true, epilogue: .curve),
    ConvCase(dilation: (2, 1), padding: [2, 0, 2, 1], perChannelInput: true),
    ConvCase(channels: 6, outputs: 38, kernel: (3, 2), groups: 2, epilogue: .add),
    ConvCase(channels: 4, outputs: 4, kernel: (2, 5), padding: [3, 4, 2, 4], groups: 4),
    ConvCase(channels: 5, outputs: 5, depthwise: true),
    ConvCase(
      channels: 37, outputs: 37, kernel: (5, 5), stride: (2, 2), padding: [2, 2, 2, 2],
      depthwise: true, perChannelInput: true, epilogue: .hardSwish),
    ConvCase(
      height: 30, width: 30, channels: 16, outputs: 16, kernel: (7, 2), stride: (1, 3),
      dilation: (2, 2), padding: [6, 1, 6, 1], depthwise: true),
  ]
}

/// A network of one convolution with random weights, and what it must compute.
struct ConvNetwork {
  let bundle: [UInt8]
  let inputs: [[Int8]]
  let expected: [Int8]
  let output: Int

  init(_ shape: ConvCase, seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var builder = BundleBuilder()
    let zeroPoints = (0..<(shape.perChannelInput ? shape.channels : 1)).map { _ in
      Int.random(in: -100...100, using: &generator)
    }
    let x = builder.tensor(shape.height, shape.width, shape.channels, zeroPoints: zeroPoints)
    let isAdd = shape.epilogue == .add
    let curve = OracleCurve.random(&generator)
    let (rows, columns) = (shape.outputHeight, shape.outputWidth)
    let skip = isAdd ? [builder.tensor(rows, columns, shape.outputs, zeroPoints: [4])] : []
    output = builder.tensor(rows, columns, shape.outputs, zeroPoints: [-7])
    builder.port("x", x, isOutput: false)
    if isAdd { builder.port("skip", skip[0], isOutput: false) }
    builder.port("y", output, isOutput: true)

    let groups = shape.depthwise ? shape.channels : shape.groups
    let groupInputs = shape.channels / groups
    let groupOutputs = shape.outputs / groups
    let taps = shape.kernel.0 * shape.kernel.1
    let weights = (0..<groups).map { _ in
      randomWeights(groupOutputs, taps, groupInputs, &generator)
    }
    let constants = weights.map { group in
      group.map { channel in
        var constants = OracleConstants.random(
          &generator, hasSecond: shape.epilogue == .hardSwish || shape.epilogue == .curve)
        constants.zeroPoint = -7
        constants.weightSum = channel.joined().reduce(0, +)
        return constants
      }
    }
    let packed: [Int8]
    let blocks: [UInt8]
    if shape.depthwise {
      // Runs are kernel columns, from the top down.
      packed = pack(
        weights.map { channel in
          (0..<shape.kernel.1).map { x in
            (0..<shape.kernel.0).map { y in channel[0][y * shape.kernel.1 + x][0] }
          }
        })
      blocks = packChannelBlocks(constants.map { $0[0] }, groups: 1)
    } else {
      packed = weights.flatMap(pack)
      blocks = packChannelBlocks(constants.flatMap { $0 }, groups: groups)
    }
    let weightsOffset = builder.weights(packed)
    let blocksOffset = Array(blocks)
    builder.operation(shape.depthwise ? .depthwiseConv2D : .conv2D, [x] + skip, output) {
      ($0.kernelHeight, $0.kernelWidth) = (shape.kernel.0, shape.kernel.1)
      ($0.strideHeight, $0.strideWidth) = (shape.stride.0, shape.stride.1)
      ($0.dilationHeight, $0.dilationWidth) = (shape.dilation.0, shape.dilation.1)
      ($0.padTop, $0.padLeft) = (shape.padding[0], shape.padding[1])
      ($0.padBottom, $0.padRight) = (shape.padding[2], shape.padding[3])
      $0.groups = shape.depthwise ? 0 : groups
      $0.weightsOffset = weightsOffset
      $0.arrays = blocksOffset
      $0.epilogue = shape.epilogue
      if shape.epilogue == .hardSwish { ($0.fractionBits, $0.outputShift) = (9, 4) }
      if shape.epilogue == .curve { $0.add(curve, outputShift: 6) }
      if isAdd { $0.multiplierA = 9000 }
    }
    bundle = builder.build()

    let input = randomBytes(shape.height * shape.width * shape.channels, &generator)
    let skipInput = randomBytes(rows * columns * shape.outputs, &generator)
    inputs = isAdd ? [input, skipInput] : [input]
    var expected: [Int8] = []
    for y in 0..<rows {
      for x in 0..<columns {
        for n in 0..<shape.outputs {
          let group = n / groupOutputs
          let channel = constants[group][n % groupOutputs]
          var sum = channel.bias
          for tap in 0..<taps {
            let row =
              y * shape.stride.0 - shape.padding[0] + tap / shape.kernel.1 * shape.dilation.0
            let column =
              x * shape.stride.1 - shape.padding[1] + tap % shape.kernel.1 * shape.dilation.1
            for k in 0..<groupInputs {
              let c = group * groupInputs + k
              let isInside =
                row >= 0 && row < shape.height && column >= 0 && column < shape.width
              let q =
                isInside
                ? Int(input[(row * shape.width + column) * shape.channels + c])
                : zeroPoints[zeroPoints.count == 1 ? 0 : c]
              sum += q * weights[group][n % groupOutputs][tap][k]
            }
          }
          let b = Oracle.requantize16(
            sum, shift: channel.shift, multiplier: channel.multiplier)
          let (lo, hi) = (channel.lo, channel.hi)
          switch shape.epilogue {
          case .requantize:
            expected.append(
              Int8(
                Oracle.requantize(
                  sum, shift: channel.shift, multiplier: channel.multiplier, lo: lo, hi: hi)))
          case .hardSwish:
            expected.append(
              Int8(
                Oracle.hardSwish(
                  b, fractionBits: 9, multiplier: channel.secondMultiplier, zeroPoint: -7,
                  outputShift: 4, lo: lo, hi: hi)))
          case .curve:
            expected.append(
              Int8(
                Oracle.finishCurve(
                  curve.apply(b), multiplier: channel.secondMultiplier, zeroPoint: -7,
                  outputShift: 6, lo: lo, hi: hi)))
          case .add:
            let q = Int(skipInput[(y * columns + x) * shape.outputs + n])
            expected.append(Int8(Oracle.residualAdd(b, q, multiplier: 9000, lo: lo, hi: hi)))
          }
        }
      }
    }
    self.expected = expected
  }
}

@Suite struct ConvolutionTests {
  @Test(arguments: ConvCase.all) func agreesWithPlainLoops(_ shape: ConvCase) throws {
    let network = ConvNetwork(shape, seed: 11)
    let model = try load(network.bundle).get()
    try model.verifyContents()
    #expect(
      model.macCount == network.expected.count
        * shape.kernel.0 * shape.kernel.1 * (shape.depthwise ? 1 : shape.channels / shape.groups))
    for threads in 1...4 {
      let interpreter = try Interpreter(model, threads: threads)
      for (index, input) in network.inputs.enumerated() { fill(interpreter, index, input) }
      interpreter.run()
      #expect(bytes(interpreter, network.output) == network.expected, "\(threads) threads")
    }
  }

  @Test func expectationsAreNotAllClamped() {
    // Otherwise the comparison above would show little.
    for shape in ConvCase.all {
      let values = Set(ConvNetwork(shape, seed: 11).expected)
      #expect(values.count > 20, "\(shape.testDescription)")
    }
  }

  @Test func fullyConnectedSumsAllElements() throws {
    var generator = SplitMix64(seed: 5)
    for (count, outputs, epilogue) in [
      (3, 1, EpilogueKind.requantize), (30, 21, .hardSwish), (64, 512, .requantize),
      (40, 33, .curve),
    ] {
      let curve = OracleCurve.random(&generator)
      var builder = BundleBuilder()
      let x = builder.tensor(1, count % 2 == 0 ? 2 : 1, count % 2 == 0 ? count / 2 : count)
      let y = builder.tensor(1, 1, outputs, zeroPoints: [-7])
      builder.port("x", x, isOutput: false)
      builder.port("y", y, isOutput: true)
      let weights = randomWeights(outputs, 1, count, &generator)
      let constants = weights.map { channel in
        var constants = OracleConstants.random(&generator, hasSecond: epilogue != .requantize)
        constants.zeroPoint = -7
        constants.weightSum = channel[0].reduce(0, +)
        return constants
      }
      let weightsOffset = builder.weights(pack(weights))
      let blocksOffset = packChannelBlocks(constants, groups: 1)
      builder.operation(.fullyConnected, [x], y) {
        $0.weightsOffset = weightsOffset
        $0.arrays = blocksOffset
        $0.epilogue = epilogue
        if epilogue == .hardSwish { ($0.fractionBits, $0.outputShift) = (12, 2) }
        if epilogue == .curve { $0.add(curve, outputShift: 6) }
      }
      let input = randomBytes(count, &generator)
      let expected = zip(weights, constants).map { weights, constants -> Int8 in
        let sum = zip(weights[0], input).reduce(constants.bias) { $0 + $1.0 * Int($1.1) }
        let (lo, hi) = (constants.lo, constants.hi)
        switch epilogue {
        case .requantize, .add:
          return Int8(
            Oracle.requantize(
              sum, shift: constants.shift, multiplier: constants.multiplier, lo: lo, hi: hi))
        case .hardSwish:
          return Int8(
            Oracle.hardSwish(
              Oracle.requantize16(
                sum, shift: constants.shift, multiplier: constants.multiplier),
              fractionBits: 12, multiplier: constants.secondMultiplier, zeroPoint: -7,
              outputShift: 2, lo: lo, hi: hi))
        case .curve:
          let b = Oracle.requantize16(
            sum, shift: constants.shift, multiplier: constants.multiplier)
          return Int8(
            Oracle.finishCurve(
              curve.apply(b), multiplier: constants.secondMultiplier, zeroPoint: -7,
              outputShift: 6, lo: lo, hi: hi))
        }
      }
      let model = try load(builder.build()).get()
      try model.verifyContents()
      #expect(model.macCount == count * outputs)
      for threads in 1...4 {
        let interpreter = try Interpreter(model, threads: threads)
        fill(interpreter, 0, input)
        interpreter.run()
        #expect(bytes(interpreter, y) == expected)
      }
    }
  }
}
