import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// Small files that ask for much, and what refuses them.
@Suite struct WorkLimitTests {
  /// A bundle from `input` to the last of `outputs`, one operation each, all on the tensor before.
  private func chain(
    _ input: [Int], _ outputs: [[Int]], _ kind: OperationKind,
    _ edit: (inout OperationFields) -> Void = { _ in }
  ) -> [UInt8] {
    var builder = BundleBuilder()
    var last = builder.tensor(input[0], input[1], input[2])
    builder.port("in", last, isOutput: false)
    for output in outputs {
      let next = builder.tensor(output[0], output[1], output[2])
      builder.operation(kind, [last], next, edit)
      last = next
    }
    builder.port("out", last, isOutput: true)
    return builder.build()
  }

  private func expectRefusal(
    _ bytes: [UInt8], _ says: String, location: SourceLocation = #_sourceLocation
  ) {
    let clock = ContinuousClock()
    let start = clock.now
    switch load(bytes) {
    case .success: Issue.record("accepted; expected \(says)", sourceLocation: location)
    case .failure(let error):
      #expect("\(error)".contains(says), "\(error)", sourceLocation: location)
      #expect(bytes.count < 1 << 20, sourceLocation: location)
    }
    // Refusing takes a fraction of what is asked for, in a debug build too.
    #expect(clock.now - start < .seconds(isEmulated ? 600 : 60), sourceLocation: location)
  }

  /// A square window with the same padding on all sides.
  private func window(_ size: Int, pad: Int) -> (inout OperationFields) -> Void {
    { fields in
      (fields.kernelHeight, fields.kernelWidth) = (size, size)
      (fields.strideHeight, fields.strideWidth) = (1, 1)
      (fields.padTop, fields.padLeft, fields.padBottom, fields.padRight) = (pad, pad, pad, pad)
      (fields.lo, fields.hi) = (-128, 127)
    }
  }

  @Test func largePoolsAreRefused() throws {
    // 4096 × 4096 taps for each of 4097 × 4097 elements: half a day.
    expectRefusal(
      chain([4096, 4096, 1], [[4097, 4097, 1]], .maxPool, window(4096, pad: 2048)), "to move")
    // Windows of 13 × 13, forty times.
    let many = [[Int]](repeating: [2048, 2048, 1], count: 40)
    expectRefusal(chain([2048, 2048, 1], many, .maxPool, window(13, pad: 6)), "to move")
    // 200 × 200 taps for 201 × 201 elements are a second or two.
    _ = try load(chain([200, 200, 1], [[201, 201, 1]], .maxPool, window(200, pad: 100))).get()
  }

  /// Sums what operations ask for, without a file; nil when all is allowed.
  private func refusal(_ operations: [SwiftletRuntime.Operation], times: Int) -> String? {
    let none = StringRange(offset: 0, length: 0)
    let tensor = Tensor(
      elementType: .int8, height: 1, width: 1, channels: 1, quantizationIndex: 0,
      quantizationCount: 1, name: none, source: none)
    var work = WorkLimits()
    do throws(BundleError) {
      for _ in 0..<times { for operation in operations { try work.add(operation, output: tensor) } }
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    (1 << 28, 0, 0, 64, "to move"), (1, 0, 0, 4096, nil), (0, 1 << 24, 0, 8, "to check"),
    (0, 0, 1 << 15, 32, "rows and columns"),
  ])
  func eachKindOfWorkHasALimit(
    _ moved: Int64, _ checked: Int64, _ taps: Int64, allowed: Int, says: String?
  ) {
    let operation = SwiftletRuntime.Operation(
      OperationHeader(
        kind: .copy, operands: [0], output: 0, name: StringRange(offset: 0, length: 0)),
      movedCount: moved, checkedCount: checked, tapCount: taps)
    #expect(refusal([operation], times: allowed) == nil)
    if let says {
      #expect(refusal([operation], times: allowed + 1)?.contains(says) == true)
    }
  }

  /// 1 → 1 channel is computed in blocks of 16 outputs and 4 inputs, which are what takes the time.
  @Test func paddingOfWeightsCounts() throws {
    /// A pointwise convolution of 16384 × 16384 pixels, so many times over: 2²⁸ multiply-accumulates
    /// each, and 2³⁴ with padding.
    func bundle(_ count: Int) -> [UInt8] {
      var builder = BundleBuilder()
      let offset = builder.weights([1] + [Int8](repeating: 0, count: 63))
      let blocks = packChannelBlocks([OracleConstants(weightSum: 1)], groups: 1)
      var last = builder.tensor(16_384, 16_384, 1)
      builder.port("in", last, isOutput: false)
      for _ in 0..<count {
        let next = builder.tensor(16_384, 16_384, 1)
        builder.operation(.conv2D, [last], next) { fields in
          (fields.kernelHeight, fields.kernelWidth) = (1, 1)
          (fields.strideHeight, fields.strideWidth) = (1, 1)
          (fields.dilationHeight, fields.dilationWidth, fields.groups) = (1, 1, 1)
          (fields.weightsOffset, fields.arrays) = (offset, blocks)
        }
        last = next
      }
      builder.port("out", last, isOutput: true)
      return builder.build()
    }
    _ = try load(bundle(64)).get()
    expectRefusal(bundle(65), "padding included")
  }

  @Test func quantizationOfTensorsHasALimit() throws {
    /// Tensors of 2¹⁸ channels that all have the same 2¹⁸ records.
    func bundle(_ count: Int) -> [UInt8] {
      var builder = BundleBuilder()
      let channels = 1 << 18
      let first = builder.tensor(
        1, 1, channels, zeroPoints: [Int](repeating: 0, count: channels))
      builder.port("in", first, isOutput: false)
      for _ in 1..<count {
        let next = builder.tensor(1, 1, channels, sharingQuantizationOf: first)
        builder.port("in\(next)", next, isOutput: false)
      }
      builder.port("out", first, isOutput: true)
      return builder.build()
    }
    _ = try load(bundle(16)).get()
    switch load(bundle(17)) {
    case .success: Issue.record("accepted")
    case .failure(let error): #expect("\(error)".contains("quantization records"), "\(error)")
    }
  }

  @Test func copiesOfManyPiecesAreChecked() throws {
    // Two pieces that write every second element: a step an element.
    let side = 1 << 11
    let half = side * side / 2
    let pieces = [
      (0, 0, [half], 0, [2], 0, [2]), (0, 0, [half], 1, [2], 1, [2]),
    ]
    let model = try load(
      chain([side, side, 1], [[side, side, 1]], .copy) { $0.arrays = copyRecord(pieces) }
    ).get()
    #expect(model.operations[0].checkedCount >= Int64(2 * half))
    // A concatenation of channels takes a step for each run of them.
    let rows = [
      (0, 0, [64, 32], 0, [64, 1], 0, [64, 1]), (0, 0, [64, 32], 32, [64, 1], 32, [64, 1]),
    ]
    let narrow = try load(
      chain([8, 8, 64], [[8, 8, 64]], .copy) { $0.arrays = copyRecord(rows) }
    ).get()
    #expect(narrow.operations[0].checkedCount <= 64 + 128)
  }
}
