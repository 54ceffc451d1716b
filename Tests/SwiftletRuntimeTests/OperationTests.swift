import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// The operations without packed weights, against arithmetic written out here.
@Suite struct OperationTests {
  /// Runs a one-operation network on random inputs with 1 to 4 threads and compares its output.
  private func check(
    inputs: [(shape: [Int], zeroPoint: Int)], output: (shape: [Int], zeroPoint: Int),
    kind: OperationKind, parameters: [UInt8] = [], edit: (inout OperationFields) -> Void,
    expected: ([[Int8]]) -> [Int], location: SourceLocation = #_sourceLocation
  ) throws {
    var builder = BundleBuilder()
    var generator = SplitMix64(seed: UInt64(kind.rawValue))
    let tensors = inputs.map {
      builder.tensor($0.shape[0], $0.shape[1], $0.shape[2], zeroPoints: [$0.zeroPoint])
    }
    let y = builder.tensor(
      output.shape[0], output.shape[1], output.shape[2], zeroPoints: [output.zeroPoint])
    for (index, tensor) in tensors.enumerated() {
      builder.port("x\(index)", tensor, isOutput: false)
    }
    builder.port("y", y, isOutput: true)
    builder.operation(kind, tensors, y) {
      $0.arrays = parameters
      edit(&$0)
    }
    let values = inputs.map { randomBytes($0.shape.reduce(1, *), &generator) }
    let wanted = expected(values)
    #expect(Set(wanted).count > 8, "a test of nothing", sourceLocation: location)
    let model = try load(builder.build()).get()
    for threads in 1...4 {
      let interpreter = try Interpreter(model, threads: threads)
      for (index, input) in values.enumerated() { fill(interpreter, index, input) }
      interpreter.run()
      #expect(bytes(interpreter, y).map { Int($0) } == wanted, sourceLocation: location)
    }
  }

  @Test(arguments: [[3, 5, 7], [40, 40, 33]]) func addsTwoTensors(_ shape: [Int]) throws {
    try check(
      inputs: [(shape, 3), (shape, -4)], output: (shape, 0), kind: .add,
      edit: {
        ($0.multiplierA, $0.multiplierB, $0.addend) = (21000, 9000, 70000)
        ($0.outputShift, $0.lo, $0.hi) = (15, -90, 110)
      },
      expected: { values in
        zip(values[0], values[1]).map {
          Oracle.clamp(
            Oracle.floorDivide(Int($0) * 21000 + Int($1) * 9000 + 70000, 1 << 15), -90, 110)
        }
      })
  }

  @Test(arguments: [[3, 5, 7], [40, 40, 19], [1, 1, 20]], [true, false])
  func multipliesByAGate(_ shape: [Int], perChannel: Bool) throws {
    let gateShape = perChannel ? [1, 1, shape[2]] : shape
    try check(
      inputs: [(shape, 9), (gateShape, -128)], output: (shape, -20), kind: .multiply,
      edit: {
        ($0.multiplierA, $0.outputShift, $0.lo, $0.hi) = (30000, 6, -120, 127)
      },
      expected: { values in
        values[0].enumerated().map { index, x in
          let gate = Int(values[1][perChannel ? index % shape[2] : index]) + 128
          let product = Oracle.floorDivide(gate * 30000 + 128, 1 << 8)
          let b = Oracle.roundHalfUp((Int(x) - 9) * 128 * product, 1 << 15)
          return Oracle.clamp(Oracle.floorDivide(b - 20 * 64 + 32, 1 << 6), -120, 127)
        }
      })
  }

  @Test func looksValuesUp() throws {
    let table = (0..<256).map { Int8(truncatingIfNeeded: $0 * 91 + 5) }
    for shape in [[2, 3, 5], [50, 50, 20]] {
      try check(
        inputs: [(shape, 0)], output: (shape, 0), kind: .lookup,
        parameters: table.map { UInt8(bitPattern: $0) }, edit: { _ in },
        expected: { values in values[0].map { Int(table[Int($0) + 128]) } })
    }
  }

  @Test func putsChannelsSideBySide() throws {
    let tables = (0..<512).map { UInt8(truncatingIfNeeded: $0 * 13 + $0 / 256) }
    for pixels in [3, 1600] {
      let shapes = [[pixels, 2, 3], [pixels, 2, 17], [pixels, 2, 1]]
      try check(
        inputs: shapes.map { ($0, 0) }, output: ([pixels, 2, 21], 0), kind: .copy,
        parameters: copyRecord(
          [
            (0, 1, [pixels * 2, 3], 0, [3, 1], 0, [21, 1]),
            (1, 0, [pixels * 2, 17], 0, [17, 1], 3, [21, 1]),
            (2, 2, [pixels * 2, 1], 0, [1, 1], 20, [21, 1]),
          ], tables: tables), edit: { _ in },
        expected: { values in
          var result: [Int] = []
          for pixel in 0..<(pixels * 2) {
            for channel in 0..<3 {
              let x = Int(values[0][pixel * 3 + channel])
              result.append(Int(Int8(bitPattern: tables[x + 128])))
            }
            for channel in 0..<17 { result.append(Int(values[1][pixel * 17 + channel])) }
            let x = Int(values[2][pixel])
            result.append(Int(Int8(bitPattern: tables[256 + x + 128])))
          }
          return result
        })
    }
  }

  @Test func meansAllPixels() throws {
    for (rows, channels) in [(7, 21), (20, 65)] {
      let entry = littleEndian(Int32(-300)) + littleEndian(Int16(30000)) + [0xFE, 0]
      try check(
        inputs: [([rows, 7, channels], 0)], output: ([1, 1, channels], 0),
        kind: .globalAveragePool, parameters: entry,
        edit: { ($0.lo, $0.hi) = (-128, 126) },
        expected: { values in
          (0..<channels).map { channel in
            let sum = (0..<(rows * 7)).reduce(-300) { $0 + Int(values[0][$1 * channels + channel]) }
            return Oracle.requantize(sum, shift: -2, multiplier: 30000, lo: -128, hi: 126)
          }
        })
    }
  }

  @Test(arguments: [false, true]) func averagesWindows(_ countsPadding: Bool) throws {
    // One entry for each count, all unlike each other.
    let entries = (1...6).map { (bias: 40 * $0, m: 32767 - 2000 * $0, s: $0 % 3 - 5) }
    var parameters: [UInt8] = []
    for entry in entries {
      parameters += littleEndian(Int32(entry.bias)) + littleEndian(Int16(entry.m))
      parameters += littleEndian(Int8(entry.s)) + [0]
    }
    for (height, width, channels) in [(5, 6, 3), (41, 33, 20)] {
      let outputHeight = (height + 2 - 3) / 2 + 1
      let outputWidth = width + 1 - 2 + 1
      try check(
        inputs: [([height, width, channels], 17)],
        output: ([outputHeight, outputWidth, channels], 0),
        kind: .averagePool, parameters: parameters,
        edit: {
          ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (3, 2, 2, 1)
          ($0.padTop, $0.padBottom, $0.padLeft, $0.lo, $0.hi) = (1, 1, 1, -128, 127)
          $0.countsPadding = countsPadding
        },
        expected: { values in
          window(height, width, channels, outputHeight, outputWidth) { taps, channel in
            let inside = taps.compactMap { $0 }
            let count = countsPadding ? 6 : inside.count
            let entry = entries[count - 1]
            let sum = inside.reduce(entry.bias) { $0 + Int(values[0][$1 * channels + channel]) }
            return Oracle.requantize(
              sum + (countsPadding ? 17 * (6 - inside.count) : 0), shift: entry.s,
              multiplier: entry.m, lo: -128, hi: 127)
          }
        })
    }
  }

  @Test func findsTheLargestOfWindows() throws {
    for (height, width, channels) in [(5, 6, 3), (41, 33, 20)] {
      let outputHeight = (height + 2 - 3) / 2 + 1
      let outputWidth = width + 1 - 2 + 1
      try check(
        inputs: [([height, width, channels], 0)],
        output: ([outputHeight, outputWidth, channels], 0),
        kind: .maxPool,
        edit: {
          ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (3, 2, 2, 1)
          ($0.padTop, $0.padBottom, $0.padLeft, $0.lo, $0.hi) = (1, 1, 1, -50, 120)
        },
        expected: { values in
          window(height, width, channels, outputHeight, outputWidth) { taps, channel in
            let inside = taps.compactMap { $0 }.map { Int(values[0][$0 * channels + channel]) }
            return Oracle.clamp(inside.max() ?? 999, -50, 120)
          }
        })
    }
  }

  /// Calls `body` with the pixel indices (nil in padding) of each 3 × 2 window, stride 2 × 1, one
  /// row of padding above and below and one column left.
  private func window(
    _ height: Int, _ width: Int, _ channels: Int, _ outputHeight: Int, _ outputWidth: Int,
    _ body: ([Int?], Int) -> Int
  ) -> [Int] {
    var result: [Int] = []
    for y in 0..<outputHeight {
      for x in 0..<outputWidth {
        var taps: [Int?] = []
        for row in (2 * y - 1)..<(2 * y + 2) {
          for column in (x - 1)..<(x + 1) {
            let isInside = row >= 0 && row < height && column >= 0 && column < width
            taps.append(isInside ? row * width + column : nil)
          }
        }
        for channel in 0..<channels { result.append(body(taps, channel)) }
      }
    }
    return result
  }
}
