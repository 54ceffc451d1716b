import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// What `BundleWriter` writes is what the specification says, and loads.
@Suite struct WriterTests {
  private let clamp = OutputClamp(lo: -5, hi: 99)
  private let window = Window(
    kernelHeight: 3, kernelWidth: 2, strideHeight: 2, strideWidth: 1, padTop: 1, padLeft: 0,
    padBottom: 1, padRight: 1)

  /// The bytes of a section of a finished file.
  private func section(_ file: BundleFile, _ kind: Int) -> [UInt8] {
    let bytes = file.pieces.flatMap { $0 }
    func number(_ offset: Int) -> Int {
      (0..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    let entry = 64 + 64 * (kind - 1)
    let start = number(entry + 8)
    return Array(bytes[start..<(start + number(entry + 16))])
  }

  /// The parameter records of one kind of operation after another, each as long as it says.
  @Test func parameterRecordsAreThoseOfTheSpecification() {
    var writer = BundleWriter()
    let tensor = writer.addTensor(
      "x", source: "x", height: 1, width: 1, channels: 1,
      quantization: [QuantizationRecord(scale: 1, zeroPoint: 0)])
    let array = writer.reserveWeights(.convolution(window, inputs: 4, outputs: 34, groups: 2))
    let channels = (0..<34).map { index in
      ChannelConstants(
        bias: 1000 * index, weightSum: index - 17, multiplier: 20000 + index,
        secondMultiplier: index, shift: index % 20 - 7, lo: index - 128, hi: index + 1,
        zeroPoint: 3 - index)
    }
    let own = channels.map { channel in
      OracleConstants(
        bias: channel.bias, weightSum: channel.weightSum128 / 128, multiplier: channel.multiplier,
        secondMultiplier: channel.secondMultiplier, shift: channel.shift, lo: channel.lo,
        hi: channel.hi, zeroPoint: channel.zeroPoint)
    }
    #expect(channels[20].weightSum128 == 128 * 3)
    let entries = (0..<6).map { MeanEntry(bias: -$0, multiplier: 17000 + $0, shift: $0 - 7) }
    var entryBytes: [UInt8] = []
    for entry in entries {
      entryBytes += littleEndian(Int32(entry.bias)) + littleEndian(Int16(entry.multiplier))
      entryBytes += littleEndian(Int8(entry.shift)) + [0]
    }
    let table = LookupTable { $0 == -128 ? 7 : -$0 }
    #expect(table.bytes.prefix(3) == [7, 127, 126] && table.bytes.last == 0x81)

    func add(_ body: (inout BundleWriter) -> Void) { body(&writer) }
    var expected: [UInt8] = []
    func expect(_ kind: OperationKind, _ edit: (inout OperationFields) -> Void) {
      var fields = OperationFields()
      (fields.kernelHeight, fields.kernelWidth) = (3, 2)
      (fields.strideHeight, fields.strideWidth) = (2, 1)
      (fields.dilationHeight, fields.dilationWidth) = (1, 1)
      (fields.padTop, fields.padBottom, fields.padRight) = (1, 1, 1)
      (fields.lo, fields.hi) = (-5, 99)
      edit(&fields)
      let record = fields.record(kind)
      expected += padded(record, (record.count + 63) / 64 * 64)
    }
    add {
      $0.add(
        Conv2DParameters(window: window, epilogue: .add(multiplier: 77), weights: array),
        channels: channels, name: "a", inputs: [tensor], output: tensor)
    }
    expect(.conv2D) {
      ($0.epilogue, $0.multiplierA, $0.groups) = (.add, 77, 2)
      $0.arrays = packChannelBlocks(own, groups: 2)
    }
    let second = writer.reserveWeights(.depthwise(window, channels: 34))
    add {
      $0.add(
        DepthwiseConv2DParameters(
          window: window, epilogue: .hardSwish(fractionBits: 9, outputShift: 4), weights: second),
        channels: channels, name: "b", inputs: [tensor], output: tensor)
    }
    expect(.depthwiseConv2D) {
      ($0.epilogue, $0.fractionBits, $0.outputShift) = (.hardSwish, 9, 4)
      // 2 groups of 2 blocks, 6 taps of 4 inputs.
      $0.weightsOffset = 4 * 6 * 64
      $0.arrays = packChannelBlocks(own, groups: 1)
    }
    add {
      $0.add(
        FullyConnectedParameters(epilogue: .requantize, weights: second), channels: channels,
        name: "c", inputs: [tensor], output: tensor)
    }
    expect(.fullyConnected) {
      ($0.weightsOffset, $0.arrays) = (4 * 6 * 64, packChannelBlocks(own, groups: 1))
    }
    add {
      $0.add(
        AddParameters(multiplierA: 11, multiplierB: 12, addend: -13, shift: 14, clamp: clamp),
        name: "d", inputs: [tensor, tensor], output: tensor)
    }
    expect(.add) {
      ($0.multiplierA, $0.multiplierB, $0.addend, $0.outputShift) = (11, 12, -13, 14)
    }
    add {
      $0.add(
        MultiplyParameters(multiplier: 21, outputShift: 22, clamp: clamp), name: "e",
        inputs: [tensor, tensor], output: tensor)
    }
    expect(.multiply) { ($0.multiplierA, $0.outputShift) = (21, 22) }
    add {
      $0.add(
        AveragePoolParameters(window: window, countsPadding: true, clamp: clamp),
        entries: entries, name: "f", inputs: [tensor], output: tensor)
    }
    expect(.averagePool) { ($0.countsPadding, $0.arrays) = (true, entryBytes) }
    add {
      $0.add(
        MaxPoolParameters(window: window, clamp: clamp), name: "g", inputs: [tensor],
        output: tensor)
    }
    expect(.maxPool) { _ in }
    add {
      $0.add(
        GlobalAveragePoolParameters(clamp: clamp), entry: entries[3], name: "h",
        inputs: [tensor], output: tensor)
    }
    expect(.globalAveragePool) { $0.arrays = Array(entryBytes[24..<32]) }
    add {
      $0.add(LookupParameters(), table: table, name: "i", inputs: [tensor], output: tensor)
    }
    expect(.lookup) { $0.arrays = table.bytes }
    add {
      $0.addCopy(
        fill: -9,
        pieces: [
          CopyPiece(
            operand: 1, sizes: [4, 3, 2], sourceStart: 5, sourceStrides: [6, 0, 1],
            destinationStart: 7, destinationStrides: [12, 4, 2], table: 0),
          CopyPiece(operand: 0, sizes: [1], sourceStrides: [1], destinationStrides: [1]),
        ], tables: [table], name: "j", inputs: [tensor, tensor], output: tensor)
    }
    expect(.copy) {
      $0.arrays = copyRecord(
        [(1, 1, [4, 3, 2], 5, [6, 0, 1], 7, [12, 4, 2]), (0, 0, [1], 0, [1], 0, [1])], fill: -9,
        tables: table.bytes)
    }
    #expect(section(writer.finish(), 6) == expected)
    #expect(writer.operationCount == 10)
  }

  @Test func tasksComeBackAsTheyWereWritten() throws {
    let sample = try load(SampleNetwork().bytes).get()
    var writer = BundleWriter()
    let quantization = [QuantizationRecord(scale: 0.5, zeroPoint: 0)]
    let tensors = [(4, 4, 24), (4, 4, 3), (4, 4, 15), (1, 1, 7)].enumerated().map {
      writer.addTensor(
        "t\($0)", source: "", height: $1.0, width: $1.1, channels: $1.2,
        quantization: quantization)
    }
    writer.addInput("x", tensor: tensors[0])
    for (index, tensor) in tensors.enumerated() { writer.addOutput("y\(index)", tensor: tensor) }
    for tensor in tensors.dropFirst() {
      writer.addCopy(
        fill: 1,
        pieces: [
          CopyPiece(operand: 0, sizes: [1], sourceStrides: [1], destinationStrides: [1])
        ], name: "", inputs: [tensors[0]], output: tensor)
    }
    let anchors = (0..<3).map {
      BoxAnchor(centerX: Float($0), centerY: 2, width: 30, height: Float(40 + $0))
    }
    let tasks: [OutputTask] = [
      .vectors(VectorsTask(output: 3, isNormalized: false)),
      .classes(ClassesTask(output: 3, activation: .none, labels: 1..<8)),
      .masks(ClassesTask(output: 1, activation: .softmax, labels: 2..<5)),
      .boxes(
        BoxesTask(
          coding: .distributions, binCount: 2, classActivation: .sigmoid,
          objectnessActivation: .sigmoid, hasBackground: true, maximumBoxes: 300,
          labels: 0..<4, scoreThreshold: 0.25, overlapThreshold: 0.45, gridOffset: 0.5,
          variances: [1, 2, 3, 4],
          levels: [
            BoxLevel(
              boxes: 0, objectness: 1, classes: 2, strideHeight: 8, strideWidth: 4,
              anchors: anchors),
            BoxLevel(
              boxes: 0, objectness: nil, classes: 2, strideHeight: 16, strideWidth: 16,
              anchors: anchors.reversed()),
          ])),
    ]
    for task in tasks { writer.addTask(task) }
    writer.setLabels((0..<8).map { "class \($0)" })
    let file = writer.finish()
    try file.verify()
    #expect(try load(file.pieces.flatMap { $0 }).get().tasks == tasks)
    // And the encoding is the one that the sample has by the specification's own numbers.
    for (task, start) in zip(sample.tasks, [2944, 3008, 3072, 3136]) {
      let bytes = task.encoded()
      let view = sample.reader.section(.parameters).slice(start, bytes.count)
      #expect(view.withUnsafeBytes { Array($0) } == bytes)
    }
  }

  @Test func aFileThatWouldNotLoadIsNoticed() throws {
    var writer = BundleWriter()
    let tensor = writer.addTensor(
      String(repeating: "x", count: 70000), source: "", height: 1, width: 1, channels: 1,
      quantization: [QuantizationRecord(scale: 1, zeroPoint: 0)])
    writer.addInput("x", tensor: tensor)
    writer.addOutput("y", tensor: tensor)
    do throws(BundleError) {
      try writer.finish().verify()
      Issue.record("a name of 70000 bytes was accepted")
    } catch {
      #expect(error.description.contains("name is 70000"), "\(error.description)")
    }
  }

  @Test func convolutionsPutEachWeightWhereTheFormatSays() {
    // 18 output channels, 2×1 taps, 5 inputs: two blocks, K = 2 · 8.
    let taps = Window(kernelHeight: 2, kernelWidth: 1)
    let channels = (0..<18).map { (n: Int) -> [Int8] in (0..<10).map { Int8(n * 3 + $0 - 30) } }
    let packed = pack(channels, .convolution(taps, inputs: 5, outputs: 18))
    #expect(packed.count == 2 * 16 * 16)
    // [N/16][K/4][16][4]: channel 17, tap 1, input 4 is k = 12: block 1, quad 3, lane 1, byte 0.
    #expect(packed[((1 * 4 + 3) * 16 + 1) * 4 + 0] == channels[17][9])
    // Channel 2, tap 0, input 3: block 0, quad 0, lane 2, byte 3.
    #expect(packed[(0 * 16 + 2) * 4 + 3] == channels[2][3])
    // Every weight once; the rest is zero.
    #expect(packed.reduce(0) { $0 + Int($1) } == channels.joined().reduce(0) { $0 + Int($1) })
    // The second group begins a new block.
    let grouped = pack(channels, .convolution(taps, inputs: 10, outputs: 18, groups: 2))
    #expect(grouped[((1 * 4 + 0) * 16 + 0) * 4 + 1] == channels[9][1])
  }

  @Test func depthwiseConvolutionsGroupTapsDownAColumn() {
    // 5×3 taps: [C/16][kw = 3][2][16][4].
    let channels = (0..<3).map { c in (0..<15).map { Int8(c * 15 + $0 + 1) } }
    let packed = pack(
      channels, .depthwise(Window(kernelHeight: 5, kernelWidth: 3), channels: 3))
    #expect(packed.count == 3 * 2 * 16 * 4)
    // Channel 2, y = 4, x = 1: column 1, quad 1, lane 2, byte 0.
    #expect(packed[((1 * 2 + 1) * 16 + 2) * 4 + 0] == channels[2][4 * 3 + 1])
    // Channel 0, y = 3, x = 2: column 2, quad 0, lane 0, byte 3.
    #expect(packed[((2 * 2 + 0) * 16 + 0) * 4 + 3] == channels[0][3 * 3 + 2])
    #expect(packed[((1 * 2 + 1) * 16 + 2) * 4 + 1] == 0)
  }

  /// The weights section with one array, after another of 64 bytes.
  private func pack(_ channels: [[Int8]], _ layout: WeightLayout) -> [Int8] {
    var writer = BundleWriter()
    _ = writer.reserveWeights(.fullyConnected(inputs: 1, outputs: 1))
    let array = writer.reserveWeights(layout)
    #expect(array.offset == 64)
    for (index, channel) in channels.enumerated() {
      let sum = writer.setWeights(channel, channel: index, in: array)
      #expect(sum == channel.reduce(0) { $0 + Int($1) })
    }
    let weights = writer.finish().weights
    #expect(weights.prefix(64).allSatisfy { $0 == 0 })
    return weights.dropFirst(64).map { Int8(bitPattern: $0) }
  }
}
