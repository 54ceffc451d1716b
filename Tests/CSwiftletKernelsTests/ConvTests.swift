import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// The kernels' parameters of a problem, with `weights` in the layout of the kernel under test and
/// `gap` bytes after each output pixel.
private func withParameters<Result>(
  _ p: ConvProblem, weights: [Int8], gap: Int = 0,
  _ body: (inout SwlConvParams, UnsafePointer<Int8>) -> Result
) -> Result {
  let input = AlignedBytes(p.input)
  let packed = AlignedBytes(weights)
  let blocks = AlignedBytes(packChannelBlocks(p.channels, groups: p.blockGroups))
  let padding = AlignedBytes(p.padding)
  let s = p.shape
  let pixels = WidePixels(channels: s.outChannels, step: s.outChannels + gap)
  let skip = AlignedBytes(pixels.spread(p.skip, fill: 77))
  return withExtendedLifetime((input, packed, blocks, padding, skip)) {
    var parameters = SwlConvParams(
      in_h: Int32(s.input.h), in_w: Int32(s.input.w), in_c: Int32(s.input.c),
      out_h: Int32(s.outH), out_w: Int32(s.outW), out_c: Int32(s.outChannels),
      out_step: Int32(pixels.step),
      kernel_h: Int32(s.kernel.h), kernel_w: Int32(s.kernel.w),
      stride_h: Int32(s.stride.h), stride_w: Int32(s.stride.w),
      dilation_h: Int32(s.dilation.h), dilation_w: Int32(s.dilation.w),
      pad_top: Int32(s.pad.top), pad_left: Int32(s.pad.left), groups: Int32(s.groups),
      weights: packed.int8s, blocks: blocks.channelBlocks, padding_row: padding.int8s,
      epilogue: p.epilogue.parameters(skip: p.skip.isEmpty ? nil : skip.int8s))
    return body(&parameters, input.int8s)
  }
}

extension ConvShape {
  /// The output's pixels with `gap` bytes after each.
  fileprivate func pixels(gap: Int) -> WidePixels {
    WidePixels(channels: outChannels, step: outChannels + gap)
  }
}

extension ConvProblem {
  /// Depthwise constants stand in blocks of 16 channels in a row, those of groups per group.
  fileprivate var blockGroups: Int { isDepthwise ? 1 : shape.groups }

  fileprivate var isDepthwise: Bool {
    shape.groups == shape.input.c && shape.outChannels == shape.input.c && shape.groups > 1
  }
}

@Suite struct ConvTests {
  static let shapes: [ConvShape] = [
    ConvShape(input: (1, 1, 1), outChannels: 1),
    ConvShape(input: (3, 5, 4), outChannels: 16),
    ConvShape(input: (5, 3, 7), outChannels: 17),
    ConvShape(input: (7, 7, 40), outChannels: 40),
    ConvShape(input: (1, 13, 33), outChannels: 5),
    ConvShape(input: (2, 17, 18), outChannels: 31, stride: (2, 3)),
    // The stem of a network: three channels, same padding of an even input.
    ConvShape(
      input: (13, 17, 3), outChannels: 8, kernel: (3, 3), stride: (2, 2), pad: (0, 0, 1, 1)),
    ConvShape(input: (7, 5, 3), outChannels: 33, kernel: (3, 3), pad: (1, 1, 1, 1)),
    ConvShape(input: (5, 5, 2), outChannels: 3, kernel: (5, 5), pad: (2, 2, 2, 2)),
    ConvShape(input: (7, 7, 5), outChannels: 6, kernel: (7, 7), stride: (3, 3), pad: (3, 2, 1, 4)),
    ConvShape(input: (5, 13, 6), outChannels: 10, kernel: (1, 7), pad: (0, 3, 0, 3)),
    ConvShape(input: (13, 5, 9), outChannels: 4, kernel: (7, 1), stride: (3, 1), pad: (2, 0, 4, 0)),
    ConvShape(
      input: (13, 7, 4), outChannels: 5, kernel: (3, 2), dilation: (3, 2), pad: (3, 1, 2, 0)),
    // Windows that lie in the padding altogether.
    ConvShape(input: (1, 3, 3), outChannels: 2, kernel: (2, 2), pad: (4, 3, 4, 3)),
    ConvShape(input: (3, 3, 12), outChannels: 20, kernel: (3, 3), pad: (1, 1, 1, 1), groups: 2),
    ConvShape(input: (5, 3, 15), outChannels: 51, kernel: (1, 1), groups: 3),
    ConvShape(
      input: (5, 5, 6), outChannels: 12, kernel: (3, 3), stride: (2, 1), pad: (1, 0, 0, 1),
      groups: 6),
  ]

  /// First layers: three channels, rows of eight pixels and more, windows that reach out on either
  /// side and lie in the padding altogether.
  static let firstLayers: [ConvShape] = [
    ConvShape(
      input: (9, 33, 3), outChannels: 16, kernel: (3, 3), stride: (2, 2), pad: (1, 1, 1, 1)),
    ConvShape(
      input: (8, 32, 3), outChannels: 32, kernel: (3, 3), stride: (2, 2), pad: (0, 0, 1, 1)),
    ConvShape(
      input: (7, 24, 3), outChannels: 41, kernel: (3, 3), stride: (2, 2), pad: (1, 3, 1, 2)),
    ConvShape(
      input: (8, 19, 3), outChannels: 48, kernel: (3, 3), stride: (1, 2), dilation: (2, 1),
      pad: (2, 1, 2, 1)),
    ConvShape(
      input: (5, 2, 3), outChannels: 24, kernel: (3, 3), stride: (2, 2), pad: (4, 30, 4, 30)),
    ConvShape(
      input: (4, 40, 3), outChannels: 8, kernel: (3, 3), stride: (2, 2), pad: (1, 11, 1, 0)),
  ]

  /// What kernels that widen their inputs cut into strips of pixels and chunks of inputs: more of
  /// either than fit one, chunks that end within a tap, and groups.
  static let stripsAndChunks: [ConvShape] = [
    ConvShape(input: (9, 15, 40), outChannels: 24, kernel: (3, 3), pad: (1, 1, 1, 1)),
    ConvShape(input: (5, 6, 130), outChannels: 40, kernel: (3, 3), pad: (1, 1, 1, 1)),
    ConvShape(input: (3, 7, 2050), outChannels: 90),
    ConvShape(input: (8, 8, 1024), outChannels: 24),
    ConvShape(
      input: (6, 11, 75), outChannels: 78, kernel: (3, 3), stride: (1, 2), dilation: (2, 1),
      pad: (2, 1, 2, 1), groups: 3),
  ]

  @Test(arguments: shapes, EpilogueKind.allCases)
  func everySetMatchesTheOracle(_ shape: ConvShape, _ kind: EpilogueKind) {
    for seed in 1...2 { Self.check(shape, kind, seed: seed) }
  }

  @Test(arguments: stripsAndChunks, EpilogueKind.allCases)
  func stripsAndChunksMatchTheOracle(_ shape: ConvShape, _ kind: EpilogueKind) {
    Self.check(shape, kind, seed: 10)
  }

  /// Compares every set with the oracle on random and on extreme numbers.
  static func check(_ shape: ConvShape, _ kind: EpilogueKind, seed: Int, gap: Int = 0) {
    for values in Values.allCases {
      var random = SplitMix64(seed: UInt64(seed))
      let problem = random.problem(shape, kind, values)
      check(problem, gap: gap, "\(shape), \(kind), \(values), \(seed), gap \(gap)")
    }
  }

  private static func check(_ problem: ConvProblem, gap: Int, _ description: String) {
    let expected = problem.expected()
    let shape = problem.shape
    for set in supportedSets {
      let kernels = kernelSet(set)
      let fault = withParameters(problem, weights: problem.packedWeights(), gap: gap) {
        p, input in
        faultOfParts(
          expected: expected, units: shape.outH, pixels: shape.pixels(gap: gap),
          offset: { $0 * shape.outW * shape.outChannels },
          run: { kernels.conv2d(&p, input, $0, $1, $2) })
      }
      #expect(fault == nil, "\(String(cString: kernels.name)), \(description)")
    }
  }

  /// Pixels in tiles of every size, for one to four blocks of channels at a time and for more.
  @Test(arguments: [8, 16, 24, 40, 64, 77, 144], [1, 5, 6, 8, 13, 23, 24, 41])
  func tilesOfPixelsAndBlocks(_ channels: Int, _ pixels: Int) {
    for (kind, inputs) in EpilogueKind.allCases.flatMap({ kind in [10, 43].map { (kind, $0) } }) {
      Self.check(ConvShape(input: (1, pixels, inputs), outChannels: channels), kind, seed: 6)
    }
  }

  @Test(arguments: firstLayers)
  func rowsOfFirstLayers(_ shape: ConvShape) {
    for kind in EpilogueKind.allCases { Self.check(shape, kind, seed: 8) }
  }

  /// Some channels of a wider tensor: the bytes between pixels belong to others.
  @Test(arguments: shapes + firstLayers, [1, 64])
  func bytesBetweenPixelsStay(_ shape: ConvShape, _ gap: Int) {
    for kind in EpilogueKind.allCases { Self.check(shape, kind, seed: 8, gap: gap) }
  }

  @Test(arguments: [8, 16, 24, 40, 64, 77, 144])
  func bytesBetweenPixelsOfTilesStay(_ channels: Int) {
    for kind in EpilogueKind.allCases {
      Self.check(ConvShape(input: (1, 23, 10), outChannels: channels), kind, seed: 9, gap: 19)
    }
  }

  /// More taps than vector kernels keep.
  @Test func largeKernel() {
    let shape = ConvShape(
      input: (9, 10, 2), outChannels: 17, kernel: (9, 8), pad: (4, 3, 4, 4))
    for gap in [0, 3] { Self.check(shape, .requantize, seed: 7, gap: gap) }
  }

  /// Every accumulator about where doubling it saturates, and some far beyond: each channel's bias
  /// plus every byte.
  @Test(arguments: [16384, 16385, 27001, 32767])
  func doubledAccumulators(_ multiplier: Int) {
    let biases = (-141...141).map { 256 * $0 } + [-1 << 29, 1 << 29]
    let channels = biases.map {
      OracleConstants(bias: $0, weightSum: 1, multiplier: multiplier, shift: -1)
    }
    let problem = ConvProblem(
      shape: ConvShape(input: (1, 256, 1), outChannels: channels.count),
      input: Array(Int8.min...Int8.max), weights: [Int8](repeating: 1, count: channels.count),
      padding: [0], channels: channels, epilogue: .requantize, skip: [])
    Self.check(problem, gap: 0, "multiplier \(multiplier)")
  }

  /// Random problems are worth something only when they use the middle of the range.
  @Test func randomProblemsSpreadOverInt8() {
    var random = SplitMix64(seed: 5)
    for kind in EpilogueKind.allCases {
      let output = random.problem(Self.shapes[3], kind, .random).expected()
      #expect(Set(output).count > 100, "\(kind)")
    }
  }
}

@Suite struct DepthwiseConvTests {
  static func shape(
    _ h: Int, _ w: Int, _ c: Int, kernel: (h: Int, w: Int), stride: (h: Int, w: Int) = (1, 1),
    dilation: (h: Int, w: Int) = (1, 1),
    pad: (top: Int, left: Int, bottom: Int, right: Int) = (0, 0, 0, 0)
  ) -> ConvShape {
    ConvShape(
      input: (h, w, c), outChannels: c, kernel: kernel, stride: stride, dilation: dilation,
      pad: pad, groups: c)
  }

  static let shapes: [ConvShape] = [
    shape(1, 1, 1, kernel: (1, 1)),
    shape(5, 7, 16, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(7, 5, 17, kernel: (3, 3), stride: (2, 2), pad: (0, 0, 1, 1)),
    shape(13, 17, 40, kernel: (3, 3), stride: (2, 2), pad: (1, 1, 1, 1)),
    shape(7, 13, 33, kernel: (5, 5), pad: (2, 2, 2, 2)),
    shape(7, 7, 31, kernel: (7, 7), pad: (3, 3, 3, 3)),
    shape(5, 17, 9, kernel: (1, 3), stride: (1, 3), pad: (0, 1, 0, 0)),
    shape(17, 3, 22, kernel: (4, 1), stride: (3, 1), pad: (1, 0, 2, 0)),
    shape(13, 13, 5, kernel: (3, 3), dilation: (2, 3), pad: (2, 3, 1, 0)),
    shape(5, 5, 36, kernel: (6, 2), dilation: (1, 2), pad: (3, 1, 3, 2)),
    shape(1, 3, 3, kernel: (2, 2), pad: (4, 3, 4, 3)),
    // Sizes that vector kernels have functions for, channels in whole and in partial vectors.
    shape(5, 6, 64, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(4, 9, 80, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(6, 7, 130, kernel: (3, 3), stride: (2, 2), pad: (1, 1, 1, 1)),
    shape(5, 8, 96, kernel: (5, 5), pad: (2, 2, 2, 2)),
    shape(7, 11, 72, kernel: (5, 5), stride: (2, 2), pad: (2, 2, 2, 2)),
    shape(6, 5, 20, kernel: (5, 5), stride: (2, 2), pad: (1, 1, 2, 2)),
    shape(3, 18, 112, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(2, 1, 65, kernel: (3, 3), pad: (1, 1, 1, 1)),
    // 3×3 with stride 1: several pixels to a vector, of which the last is not full or none lies
    // inside the input altogether, and rows that are computed in segments.
    shape(6, 9, 32, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(5, 13, 16, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(3, 2, 16, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(1, 3, 32, kernel: (3, 3), pad: (2, 7, 2, 6)),
    shape(2, 1, 16, kernel: (3, 3), pad: (3, 9, 4, 11)),
    shape(4, 8, 16, kernel: (3, 3), pad: (0, 2, 1, 0)),
    shape(4, 6, 128, kernel: (3, 3), pad: (2, 5, 0, 4)),
    shape(3, 4, 56, kernel: (3, 3)),
    shape(2, 67, 48, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(2, 131, 32, kernel: (3, 3), pad: (1, 1, 1, 1)),
    shape(2, 261, 16, kernel: (3, 3), pad: (1, 1, 1, 1)),
    // 5×5: rows that are computed in segments, windows that lie in the padding altogether, other
    // strides, and dilation.
    shape(6, 75, 20, kernel: (5, 5), pad: (2, 2, 2, 2)),
    shape(9, 70, 64, kernel: (5, 5), stride: (2, 2), pad: (2, 1, 2, 2)),
    shape(3, 2, 16, kernel: (5, 5), pad: (4, 40, 4, 3)),
    shape(13, 9, 48, kernel: (5, 5), stride: (3, 1), pad: (1, 2, 1, 2)),
    shape(13, 9, 10, kernel: (5, 5), stride: (1, 2), pad: (1, 2, 1, 2)),
    shape(13, 9, 10, kernel: (5, 5), dilation: (2, 1), pad: (4, 2, 4, 2)),
    // More taps than vector kernels keep.
    shape(7, 8, 18, kernel: (9, 11), pad: (4, 5, 4, 5)),
  ]

  @Test(arguments: shapes, [EpilogueKind.requantize, .hardSwish, .curve])
  func everySetMatchesTheOracle(_ shape: ConvShape, _ kind: EpilogueKind) {
    let seeds: [(Int, Values)] = [
      (11, .random), (12, .unclamped), (13, .extreme), (14, .extreme), (16, .doubled),
      (17, .doubled),
    ]
    for (seed, values) in seeds { Self.check(shape, kind, values, seed: seed, gap: 0) }
  }

  /// Some channels of a wider tensor: the bytes between pixels belong to others.
  @Test(arguments: shapes, [EpilogueKind.requantize, .hardSwish, .curve])
  func bytesBetweenPixelsStay(_ shape: ConvShape, _ kind: EpilogueKind) {
    for gap in [1, 64] { Self.check(shape, kind, .random, seed: 15, gap: gap) }
  }

  static func check(
    _ shape: ConvShape, _ kind: EpilogueKind, _ values: Values, seed: Int, gap: Int
  ) {
    var random = SplitMix64(seed: UInt64(seed))
    let problem = random.problem(shape, kind, values)
    let expected = problem.expected()
    let weights = problem.packedDepthwiseWeights()
    for set in supportedSets {
      let kernels = kernelSet(set)
      let fault = withParameters(problem, weights: weights, gap: gap) { p, input in
        faultOfParts(
          expected: expected, units: shape.outH, pixels: shape.pixels(gap: gap),
          offset: { $0 * shape.outW * shape.outChannels },
          run: { kernels.dwconv(&p, input, $0, $1, $2) })
      }
      #expect(
        fault == nil, "\(String(cString: kernels.name)), \(values), seed \(seed), gap \(gap)")
    }
  }
}

@Suite struct FullyConnectedTests {
  /// Runs every set on a problem whose shape is 1×1×K → N, by blocks of 16.
  static func fault(_ problem: ConvProblem, expected: [Int8]) -> String? {
    let input = AlignedBytes(problem.input)
    let weights = AlignedBytes(problem.packedWeights())
    let blocks = AlignedBytes(packChannelBlocks(problem.channels, groups: 1))
    let skip = AlignedBytes(problem.skip)
    return withExtendedLifetime((input, weights, blocks, skip)) {
      var parameters = SwlFullyConnectedParams(
        in_count: Int32(problem.shape.input.c), out_count: Int32(problem.shape.outChannels),
        weights: weights.int8s, blocks: blocks.channelBlocks,
        epilogue: problem.epilogue.parameters(skip: problem.skip.isEmpty ? nil : skip.int8s))
      for set in supportedSets {
        let kernels = kernelSet(set)
        let fault = faultOfParts(
          expected: expected, units: (expected.count + 15) / 16,
          offset: { min($0 * 16, expected.count) },
          run: { kernels.fc(&parameters, input.int8s, $0, $1, $2) })
        if let fault { return "\(String(cString: kernels.name)): \(fault)" }
      }
      return nil
    }
  }

  static let sizes = [(1, 1), (4, 16), (3, 17), (40, 33), (129, 5), (250, 100), (1280, 11)]

  @Test(arguments: sizes, EpilogueKind.allCases)
  func everySetMatchesTheOracle(_ size: (inputs: Int, outputs: Int), _ kind: EpilogueKind) {
    let shape = ConvShape(input: (1, 1, size.inputs), outChannels: size.outputs)
    let seeds: [(Int, Values)] = [
      (21, .random), (22, .unclamped), (23, .extreme), (24, .extreme), (25, .doubled),
    ]
    for (seed, values) in seeds {
      var random = SplitMix64(seed: UInt64(seed))
      let problem = random.problem(shape, kind, values)
      let fault = Self.fault(problem, expected: problem.expected())
      #expect(fault == nil, "\(values), seed \(seed)")
    }
  }

  /// Weights that are not what the converter proved may overflow the accumulator: the sum wraps
  /// around, the same in every set.
  @Test func overflowingSumsWrapAround() {
    let inputs = 140_000
    let shape = ConvShape(input: (1, 1, inputs), outChannels: 1)
    let channel = OracleConstants(
      bias: 1 << 29, weightSum: -127 * inputs, multiplier: 32767, shift: 22)
    let problem = ConvProblem(
      shape: shape, input: [Int8](repeating: -128, count: inputs),
      weights: [Int8](repeating: -127, count: inputs), padding: [], channels: [channel],
      epilogue: .requantize, skip: [])
    let exact = inputs * 128 * 127 + 1 << 29
    let wrapped = Int(Int32(truncatingIfNeeded: exact))
    #expect(wrapped < 0)
    let expected = OracleEpilogue.requantize.apply(wrapped, channel, skip: 0)
    #expect(expected != OracleEpilogue.requantize.apply(exact, channel, skip: 0))
    #expect(Self.fault(problem, expected: [expected]) == nil)
  }
}
