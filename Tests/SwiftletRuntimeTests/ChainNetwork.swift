import SwiftletTestSupport

@testable import SwiftletRuntime

/// One operation of a chain to test: a convolution unless `kind` says otherwise.
struct ChainLayer: Sendable {
  enum Kind: Sendable {
    case convolution
    /// A random table.
    case lookup
    /// The mean over all pixels, which may be a gate.
    case mean
    /// A tensor times the layer before, a gate per channel.
    case multiply(tensor: Int)
  }

  var kind = Kind.convolution
  var outputs = 8
  var kernel = (1, 1)
  var stride = 1
  var dilation = 1
  /// Top, left, bottom, right.
  var padding = [0, 0, 0, 0]
  var groups = 1
  var depthwise = false
  var epilogue = EpilogueKind.requantize
  /// Whether the output has a zero point per channel, for a depthwise convolution to read.
  var perChannel = false
  /// The tensor that a residual add reads; nil for an input of the network's own.
  var skip: Int?

  static let lookup = ChainLayer(kind: .lookup)
  static let mean = ChainLayer(kind: .mean)
  static func multiply(_ tensor: Int) -> ChainLayer { ChainLayer(kind: .multiply(tensor: tensor)) }

  static func expand(_ outputs: Int, _ epilogue: EpilogueKind = .requantize) -> ChainLayer {
    ChainLayer(outputs: outputs, epilogue: epilogue)
  }

  static func depthwise(
    _ kernel: Int, stride: Int = 1, dilation: Int = 1, padding: [Int],
    _ epilogue: EpilogueKind = .requantize
  ) -> ChainLayer {
    ChainLayer(
      kernel: (kernel, kernel), stride: stride, dilation: dilation, padding: padding,
      depthwise: true, epilogue: epilogue)
  }

  /// A random layer that fits an input of these sizes.
  static func random(
    height: Int, width: Int, channels: Int, _ generator: inout SplitMix64
  ) -> ChainLayer {
    var layer = ChainLayer(outputs: Int.random(in: 1...40, using: &generator))
    let epilogues = EpilogueKind.allCases
    layer.epilogue = epilogues[Int.random(in: 0..<epilogues.count, using: &generator)]
    layer.depthwise = Bool.random(using: &generator)
    if layer.depthwise && layer.epilogue == .add { layer.epilogue = .requantize }
    if layer.depthwise || Bool.random(using: &generator) {
      layer.kernel.0 = Int.random(in: 1...min(5, height), using: &generator)
      layer.kernel.1 = Int.random(in: 1...min(5, width), using: &generator)
      layer.stride = Int.random(in: 1...3, using: &generator)
      layer.padding = [layer.kernel.0, layer.kernel.1, layer.kernel.0, layer.kernel.1].map {
        Int.random(in: 0..<$0, using: &generator)
      }
    }
    return layer
  }
}

/// A network of operations that follow each other, with random weights, and inputs for it.
struct ChainNetwork {
  let bundle: [UInt8]
  let inputs: [[Int8]]
  let output: Int
  /// Rows of the output.
  let rows: Int

  /// Tensor 0 is the input of `height` × `width` × `channels`, tensor i + 1 the output of layer i.
  /// `outputs` are named as outputs of the network, besides the last.
  init(
    _ height: Int, _ width: Int, _ channels: Int, _ layers: [ChainLayer], outputs: [Int] = [],
    seed: UInt64 = 7
  ) {
    var generator = SplitMix64(seed: seed)
    var builder = BundleBuilder()
    var shapes = [(height, width, channels)]
    var zeroPoints = [[3]]
    for layer in layers {
      let shape = layer.outputShape(shapes)
      shapes.append(shape)
      if case .mean = layer.kind {
        zeroPoints.append([-128])
        continue
      }
      zeroPoints.append(
        (0..<(layer.perChannel ? shape.2 : 1)).map { _ in
          Int.random(in: -90...90, using: &generator)
        })
    }
    for (shape, points) in zip(shapes, zeroPoints) {
      _ = builder.tensor(shape.0, shape.1, shape.2, zeroPoints: points)
    }
    var ports = [0]
    let skips = layers.indices.map { index -> Int? in
      guard layers[index].epilogue == .add else { return nil }
      if let skip = layers[index].skip { return skip }
      let shape = shapes[index + 1]
      ports.append(builder.tensor(shape.0, shape.1, shape.2, zeroPoints: [-2]))
      return ports.last
    }
    for port in ports { builder.port("x\(port)", port, isOutput: false) }
    output = layers.count
    for port in outputs + [output] { builder.port("y\(port)", port, isOutput: true) }
    for (index, layer) in layers.enumerated() {
      guard case .convolution = layer.kind else {
        Self.addSimple(
          layer.kind, input: index, output: index + 1,
          pixels: shapes[index].0 * shapes[index].1, &builder, &generator)
        continue
      }
      Self.add(
        layer, inputs: [index] + (skips[index].map { [$0] } ?? []), output: index + 1,
        channels: (shapes[index].2, shapes[index + 1].2), zeroPoints: zeroPoints[index + 1],
        &builder, &generator)
    }
    bundle = builder.build()
    rows = shapes[layers.count].0
    inputs = ports.map { port in
      // The tensors of further inputs stand after those of the layers, in the order of the skips.
      let shape =
        port == 0 ? shapes[0] : shapes[(skips.firstIndex { $0 == port } ?? 0) + 1]
      return randomBytes(shape.0 * shape.1 * shape.2, &generator)
    }
  }

  /// Adds an operation that is no convolution.
  private static func addSimple(
    _ kind: ChainLayer.Kind, input: Int, output: Int, pixels: Int, _ builder: inout BundleBuilder,
    _ generator: inout SplitMix64
  ) {
    switch kind {
    case .convolution: preconditionFailure("added with its weights")
    case .lookup:
      let table = Array(
        (0..<256).map { _ in UInt8.random(in: 0...255, using: &generator) })
      builder.operation(.lookup, [input], output) { $0.arrays = table }
    case .mean:
      // 2¹⁵/pixels · 2^−s · 2^−15, a mean of about half the values' scale.
      var (shift, multiplier) = (-7, (1 << 27) / pixels)
      while multiplier >= 1 << 15 { (shift, multiplier) = (shift + 1, multiplier / 2) }
      let entry = Array(
        littleEndian(Int32(40 * pixels)) + littleEndian(Int16(multiplier))
          + [UInt8(bitPattern: Int8(shift)), 0])
      builder.operation(.globalAveragePool, [input], output) {
        ($0.arrays, $0.lo, $0.hi) = (entry, -128, 127)
      }
    case .multiply(let tensor):
      builder.operation(.multiply, [tensor, input], output) {
        ($0.multiplierA, $0.outputShift, $0.lo, $0.hi) = (30000, 6, -128, 127)
      }
    }
  }

  private static func add(
    _ layer: ChainLayer, inputs: [Int], output: Int, channels: (Int, Int), zeroPoints: [Int],
    _ builder: inout BundleBuilder, _ generator: inout SplitMix64
  ) {
    let hasSecond = layer.epilogue == .hardSwish || layer.epilogue == .curve
    func constants(_ weights: [[[Int]]], first: Int) -> [OracleConstants] {
      weights.enumerated().map { index, channel in
        var constants = OracleConstants.random(&generator, hasSecond: hasSecond)
        constants.zeroPoint =
          hasSecond ? zeroPoints[zeroPoints.count == 1 ? 0 : first + index] : 0
        constants.weightSum = channel.joined().reduce(0, +)
        return constants
      }
    }
    let groupOutputs = layer.depthwise ? channels.1 : channels.1 / layer.groups
    let runs = layer.depthwise ? layer.kernel.1 : layer.kernel.0 * layer.kernel.1
    let length = layer.depthwise ? layer.kernel.0 : channels.0 / layer.groups
    let groups = (0..<layer.groups).map { _ in
      randomWeights(groupOutputs, runs, length, &generator)
    }
    let weightsOffset = builder.weights(groups.flatMap(pack))
    let blocks = groups.enumerated().map { constants($1, first: $0 * groupOutputs) }
    let blocksOffset = packChannelBlocks(blocks.flatMap { $0 }, groups: blocks.count)
    builder.operation(layer.depthwise ? .depthwiseConv2D : .conv2D, inputs, output) {
      ($0.kernelHeight, $0.kernelWidth) = (layer.kernel.0, layer.kernel.1)
      ($0.strideHeight, $0.strideWidth) = (layer.stride, layer.stride)
      ($0.dilationHeight, $0.dilationWidth) = (layer.dilation, layer.dilation)
      ($0.padTop, $0.padLeft) = (layer.padding[0], layer.padding[1])
      ($0.padBottom, $0.padRight) = (layer.padding[2], layer.padding[3])
      $0.groups = layer.depthwise ? 0 : layer.groups
      ($0.weightsOffset, $0.arrays) = (weightsOffset, blocksOffset)
      $0.epilogue = layer.epilogue
      if layer.epilogue == .hardSwish { ($0.fractionBits, $0.outputShift) = (9, 4) }
      if layer.epilogue == .curve { $0.add(.random(&generator), outputShift: 6) }
      if layer.epilogue == .add { $0.multiplierA = 9000 }
    }
  }

  /// The output for the inputs, and again for the inputs after a run with others.
  func run(_ interpreter: Interpreter) -> [Int8] {
    for (index, input) in inputs.enumerated() { fill(interpreter, index, input.map { ~$0 }) }
    interpreter.run()
    for (index, input) in inputs.enumerated() { fill(interpreter, index, input) }
    interpreter.run()
    return bytes(interpreter, output)
  }
}

extension ChainLayer {
  /// The shape of the output, with those of all tensors before it.
  fileprivate func outputShape(_ shapes: [(Int, Int, Int)]) -> (Int, Int, Int) {
    let (height, width, channels) = shapes[shapes.count - 1]
    switch kind {
    case .lookup: return (height, width, channels)
    case .mean: return (1, 1, channels)
    case .multiply(let tensor): return shapes[tensor]
    case .convolution: break
    }
    let tall = height + padding[0] + padding[2] - (kernel.0 - 1) * dilation
    let wide = width + padding[1] + padding[3] - (kernel.1 - 1) * dilation
    return ((tall - 1) / stride + 1, (wide - 1) / stride + 1, depthwise ? channels : outputs)
  }
}
