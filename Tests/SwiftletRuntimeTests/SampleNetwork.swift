import SwiftletTestSupport

@testable import SwiftletRuntime

/// A network of a few hundred bytes of tensors that uses every operation, for tests of loading.
struct SampleNetwork {
  /// The finished file.
  let bytes: [UInt8]
  /// Where the metadata end and the weights start.
  var metadataLength: Int { (0..<8).reduce(0) { $0 | Int(bytes[24 + $1]) << (8 * $1) } }

  static let inputShape = (height: 3, width: 2, channels: 3)

  init() {
    var builder = BundleBuilder()
    var generator = SplitMix64(seed: 3)
    let x = builder.tensor(3, 2, 3, zeroPoints: [3])
    let convolved = builder.tensor(3, 2, 2, zeroPoints: [-5])
    let filtered = builder.tensor(3, 2, 2, zeroPoints: [-5])
    let residual = builder.tensor(3, 2, 2)
    let mean = builder.tensor(1, 1, 2)
    let gate = builder.tensor(1, 1, 2, scale: 1.0 / 255, zeroPoints: [-128])
    let gated = builder.tensor(3, 2, 2)
    let sum = builder.tensor(3, 2, 2)
    let looked = builder.tensor(3, 2, 2)
    let joined = builder.tensor(3, 2, 4)
    let averaged = builder.tensor(3, 2, 4)
    let largest = builder.tensor(2, 1, 4)
    let scores = builder.tensor(1, 1, 3)
    builder.port("image", x, isOutput: false)
    builder.port("scores", scores, isOutput: true)
    builder.port("gate", gate, isOutput: true)
    builder.port("grid", largest, isOutput: true)

    func constants(_ weights: [[[Int]]], hardSwish: Bool = false) -> [OracleConstants] {
      weights.map { channel in
        var constants = OracleConstants.random(&generator, hasSecond: hardSwish)
        constants.zeroPoint = hardSwish ? -5 : 0
        constants.weightSum = channel.joined().reduce(0, +)
        return constants
      }
    }
    func addWeighted(
      _ kind: OperationKind, _ inputs: [Int], _ output: Int, _ weights: [[[Int]]],
      _ edit: (inout OperationFields) -> Void
    ) {
      let blocks = constants(weights, hardSwish: kind == .depthwiseConv2D)
      let weightsOffset = builder.weights(pack(weights))
      let blocksOffset = packChannelBlocks(blocks, groups: 1)
      builder.operation(kind, inputs, output) {
        ($0.weightsOffset, $0.arrays) = (weightsOffset, blocksOffset)
        edit(&$0)
      }
    }

    addWeighted(.conv2D, [x], convolved, randomWeights(2, 4, 3, &generator)) {
      ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (2, 2, 1, 1)
      ($0.dilationHeight, $0.dilationWidth, $0.groups) = (1, 1, 1)
      ($0.padTop, $0.padRight) = (1, 1)
    }
    addWeighted(.depthwiseConv2D, [convolved], filtered, randomWeights(2, 3, 3, &generator)) {
      ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (3, 3, 1, 1)
      ($0.dilationHeight, $0.dilationWidth) = (1, 1)
      ($0.padTop, $0.padLeft, $0.padBottom, $0.padRight) = (1, 1, 1, 1)
      ($0.epilogue, $0.fractionBits, $0.outputShift) = (.hardSwish, 8, 3)
    }
    addWeighted(.conv2D, [filtered, convolved], residual, randomWeights(2, 1, 2, &generator)) {
      ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (1, 1, 1, 1)
      ($0.dilationHeight, $0.dilationWidth, $0.groups) = (1, 1, 1)
      ($0.epilogue, $0.multiplierA) = (.add, 8192)
    }
    let entry = littleEndian(Int32(100)) + littleEndian(Int16(21845)) + [2, 0]
    let meanOffset = Array(entry)
    builder.operation(.globalAveragePool, [residual], mean) {
      ($0.arrays, $0.lo, $0.hi) = (meanOffset, -128, 127)
    }
    addWeighted(.fullyConnected, [mean], gate, randomWeights(2, 1, 2, &generator)) { _ in }
    builder.operation(.multiply, [residual, gate], gated) {
      ($0.multiplierA, $0.outputShift, $0.lo, $0.hi) = (20000, 6, -128, 127)
    }
    builder.operation(.add, [gated, filtered], sum) {
      ($0.multiplierA, $0.multiplierB, $0.addend) = (16000, 17000, 1 << 14)
      ($0.outputShift, $0.lo, $0.hi) = (15, -100, 100)
    }
    let table = Array((0..<256).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    builder.operation(.lookup, [sum], looked) { $0.arrays = table }
    builder.operation(.copy, [looked, sum], joined) {
      $0.arrays = copyRecord(
        [(0, 0, [6, 2], 0, [2, 1], 0, [4, 1]), (1, 1, [6, 2], 0, [2, 1], 2, [4, 1])],
        tables: table)
    }
    let entries = Array(entry + entry + entry + entry)
    builder.operation(.averagePool, [joined], averaged) {
      ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (2, 2, 1, 1)
      ($0.padTop, $0.padLeft) = (1, 1)
      ($0.arrays, $0.lo, $0.hi) = (entries, -128, 127)
    }
    builder.operation(.maxPool, [averaged], largest) {
      ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (2, 2, 2, 2)
      ($0.padBottom, $0.lo, $0.hi) = (1, -128, 127)
    }
    addWeighted(.fullyConnected, [largest], scores, randomWeights(3, 1, 8, &generator)) { _ in }

    builder.label("tench")
    builder.label("гриб")
    builder.provenance("source", "sample.safetensors")
    builder.task(1, padded(words([1, 2, 0, 2]), 64))  // classes: gate, sigmoid, both labels
    builder.task(2, padded(words([0, 1]), 64))  // vectors: scores, normalised
    builder.task(3, padded(words([2, 1, 0, 0]), 64))  // masks: grid, softmax, no labels
    builder.task(4, Self.boxes)
    builder.preprocessing =
      PreprocessingRecord(
        format: .bgr, resize: 4, cropHeight: 3, cropWidth: 2, interpolation: .bicubic,
        mean: [0.5, 0.25, 0.125],
        deviation: [1, 2, 3], tables: (0..<768).map { UInt8(truncatingIfNeeded: $0) }
      ).encoded()
    bytes = builder.build()
  }

  /// Boxes in the grid's output, which holds the four classes' scores as well.
  private static let boxes: [UInt8] = {
    // Input, SSD, y first, bins, softmax, no objectness, no background, boxes, labels, level, anchor.
    var record = words([0, 1, 1, 1, 1, 0, 0, 100, 0, 0, 1, 1])
    for value in [0.25, 0.5, 0.5, 0.1, 0.1, 0.2, 0.2] as [Float] {
      record += littleEndian(value.bitPattern)
    }
    record = padded(record, 128) + padded(words([3, 0, 3, 8, 16, 1]), 32)
    for value in [4, 8, 10, 20] as [Float] { record += littleEndian(value.bitPattern) }
    return record
  }()

  /// Runs a model of this network on a fixed input and returns its outputs, one after another.
  static func run(_ interpreter: Interpreter) -> [Int8] {
    for index in 0..<interpreter.model.inputs.count {
      interpreter.withInput(index) { input in
        for position in 0..<input.count {
          input[position] = Int8(truncatingIfNeeded: position &* 37 &+ 11)
        }
      }
    }
    interpreter.run()
    return interpreter.model.outputs.flatMap { SwiftletRuntimeTests.bytes(interpreter, $0.tensor) }
  }
}
