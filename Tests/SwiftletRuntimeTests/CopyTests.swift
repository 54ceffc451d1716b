import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// A copy: shapes of its operands and its output, and its pieces, as `copyRecord` takes them.
struct CopyCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let inputs: [[Int]]
  let output: [Int]
  let pieces: [(Int, Int, [Int], Int, [Int], Int, [Int])]
  var fill: Int?

  static let all: [CopyCase] = [
    CopyCase(
      testDescription: "concatenation of channels", inputs: [[4, 5, 3], [4, 5, 17]],
      output: [4, 5, 20],
      pieces: [
        (0, 0, [20, 3], 0, [3, 1], 0, [20, 1]), (1, 1, [20, 17], 0, [17, 1], 3, [20, 1]),
      ]),
    CopyCase(
      testDescription: "concatenation of rows", inputs: [[2, 5, 3], [7, 5, 3]], output: [9, 5, 3],
      pieces: [(1, 0, [105], 0, [1], 30, [1]), (0, 2, [30], 0, [1], 0, [1])]),
    CopyCase(
      testDescription: "slice", inputs: [[6, 7, 5]], output: [3, 4, 2],
      pieces: [(0, 0, [3, 4, 2], 1 * 35 + 2 * 5 + 3, [35, 5, 1], 0, [8, 2, 1])]),
    CopyCase(
      testDescription: "slice with steps", inputs: [[6, 7, 5]], output: [3, 4, 2],
      pieces: [(0, 1, [3, 4, 2], 0, [70, 10, 3], 0, [8, 2, 1])]),
    CopyCase(
      testDescription: "transpose", inputs: [[6, 7, 5]], output: [5, 6, 7],
      pieces: [(0, 0, [5, 6, 7], 0, [1, 35, 5], 0, [42, 7, 1])]),
    CopyCase(
      testDescription: "transpose with dimensions in another order", inputs: [[33, 20, 40]],
      output: [40, 33, 20],
      pieces: [(0, 0, [33, 20, 40], 0, [800, 40, 1], 0, [20, 1, 660])]),
    CopyCase(
      testDescription: "channel shuffle", inputs: [[5, 3, 12]], output: [5, 3, 12],
      pieces: [(0, 0, [15, 3, 4], 0, [12, 4, 1], 0, [12, 1, 3])]),
    CopyCase(
      testDescription: "space to depth", inputs: [[6, 8, 3]], output: [3, 4, 12],
      pieces: [(0, 0, [3, 4, 2, 2, 3], 0, [48, 6, 24, 3, 1], 0, [48, 12, 6, 3, 1])]),
    CopyCase(
      testDescription: "nearest upsampling", inputs: [[3, 4, 5]], output: [6, 8, 5],
      pieces: [(0, 0, [3, 2, 4, 2, 5], 0, [20, 0, 5, 0, 1], 0, [80, 40, 10, 5, 1])]),
    CopyCase(
      testDescription: "six dimensions", inputs: [[4, 6, 10]], output: [8, 3, 10],
      pieces: [
        (0, 1, [2, 2, 2, 3, 5, 2], 0, [120, 60, 30, 10, 2, 1], 0, [60, 30, 120, 10, 1, 5])
      ]),
    CopyCase(
      testDescription: "padding by a constant", inputs: [[3, 4, 5]], output: [6, 7, 5],
      pieces: [(0, 0, [3, 4, 5], 0, [20, 5, 1], 35 + 10, [35, 5, 1])], fill: -77),
    CopyCase(
      testDescription: "one element", inputs: [[3, 4, 5]], output: [1, 1, 1],
      pieces: [(0, 0, [1], 59, [1], 0, [1])]),
    CopyCase(
      testDescription: "everything", inputs: [[30, 40, 15]], output: [1, 1, 18000],
      pieces: [(0, 0, [30, 40, 15], 0, [600, 15, 1], 0, [600, 15, 1])]),
  ]

  /// Each element of the output, computed index by index.
  func expected(_ values: [[Int8]], tables: [UInt8]) -> [Int8] {
    var result = [Int8](repeating: Int8(fill ?? 0), count: output.reduce(1, *))
    for (operand, table, sizes, source, sourceStrides, destination, strides) in pieces {
      for number in 0..<sizes.reduce(1, *) {
        var (rest, from, to) = (number, source, destination)
        for dimension in sizes.indices.reversed() {
          let index = rest % sizes[dimension]
          rest /= sizes[dimension]
          from += index * sourceStrides[dimension]
          to += index * strides[dimension]
        }
        let value = values[operand][from]
        result[to] =
          table == 0 ? value : Int8(bitPattern: tables[256 * (table - 1) + Int(value) + 128])
      }
    }
    return result
  }
}

@Suite struct CopyTests {
  @Test(arguments: CopyCase.all) func movesEachElement(_ example: CopyCase) throws {
    var generator = SplitMix64(seed: 31)
    let used = example.pieces.map(\.1).max() ?? 0
    let tables = (0..<(256 * used)).map { UInt8(truncatingIfNeeded: $0 * 77 + $0 / 256) }
    // Every table must be used: without the first, the second is not.
    let pieces = example.pieces.contains { $0.1 == 1 } || used == 0
      ? example.pieces : example.pieces.map { ($0.0, $0.1 - ($0.1 > 0 ? 1 : 0), $0.2, $0.3, $0.4, $0.5, $0.6) }
    let count = pieces.map(\.1).max() ?? 0
    let ownTables = Array(tables.prefix(256 * count))
    let example = CopyCase(
      testDescription: example.testDescription, inputs: example.inputs, output: example.output,
      pieces: pieces, fill: example.fill)
    var builder = BundleBuilder()
    let inputs = example.inputs.map { builder.tensor($0[0], $0[1], $0[2]) }
    let output = builder.tensor(example.output[0], example.output[1], example.output[2])
    for input in inputs { builder.port("x\(input)", input, isOutput: false) }
    builder.port("y", output, isOutput: true)
    builder.operation(.copy, inputs, output) {
      $0.arrays = copyRecord(pieces, fill: example.fill, tables: ownTables)
    }
    let values = example.inputs.map { randomBytes($0.reduce(1, *), &generator) }
    let expected = example.expected(values, tables: ownTables)
    let model = try load(builder.build()).get()
    for threads in 1...4 {
      for keepAll in [false, true] {
        let interpreter = try Interpreter(model, threads: threads, keepAllTensors: keepAll)
        for (index, input) in values.enumerated() { fill(interpreter, index, input) }
        interpreter.run()
        #expect(bytes(interpreter, output) == expected)
      }
    }
  }

  /// Random pieces that may overlap: refused exactly when counting says so.
  @Test func piecesThatOverlapAreRefused() throws {
    var generator = SplitMix64(seed: 5)
    var (accepted, refused) = (0, 0)
    for _ in 0..<400 {
      let pieces = (0..<Int.random(in: 1...2, using: &generator)).map { _ in
        let sizes = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
          Int.random(in: 1...3, using: &generator)
        }
        let strides = sizes.map { _ in Int.random(in: 0...9, using: &generator) }
        return (
          0, 0, sizes, 0, sizes.map { _ in 0 }, Int.random(in: 0...20, using: &generator), strides
        )
      }
      var builder = BundleBuilder()
      let (x, y) = (builder.tensor(1, 1, 1), builder.tensor(4, 20, 1))
      builder.port("x", x, isOutput: false)
      builder.port("y", y, isOutput: true)
      builder.operation(.copy, [x], y) { $0.arrays = copyRecord(pieces, fill: 0) }
      var written = [Int](repeating: 0, count: 80)
      for (_, _, sizes, _, _, start, strides) in pieces {
        for number in 0..<sizes.reduce(1, *) {
          var (rest, to) = (number, start)
          for dimension in sizes.indices {
            to += rest % sizes[dimension] * strides[dimension]
            rest /= sizes[dimension]
          }
          written[to] += 1
        }
      }
      let isRight = written.allSatisfy { $0 <= 1 }
      switch load(builder.build()) {
      case .success:
        accepted += 1
        #expect(isRight, "\(pieces)")
      case .failure(let error):
        refused += 1
        #expect(!isRight, "\(pieces): \(error.description)")
      }
    }
    #expect(accepted > 50 && refused > 50)
  }
}
