import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// A resize of one image to another size, as the specification's numbers.
struct ResizeCase: Sendable, CustomTestStringConvertible {
  /// Of the input and the output: height, width, channels.
  var input: [Int]
  var output: [Int]
  /// 0 nearest, 1 bilinear.
  var interpolation = 1
  /// 0 half-pixel, 1 aligned corners, 2 asymmetric.
  var coordinates = 0

  var testDescription: String {
    "\(input) to \(output), interpolation \(interpolation), coordinates \(coordinates)"
  }

  /// Every mode, between these shapes.
  static func modes(_ input: [Int], _ output: [Int]) -> [ResizeCase] {
    (0...1).flatMap { interpolation in
      (0...2).map {
        ResizeCase(
          input: input, output: output, interpolation: interpolation, coordinates: $0)
      }
    }
  }

  var record: [UInt8] {
    padded(words([interpolation, coordinates, output[0], output[1]]), 64)
  }

  /// A network of this operation.
  func bundle(record: [UInt8]? = nil, inputs: Int = 1, output: [Int]? = nil) -> [UInt8] {
    var builder = BundleBuilder()
    let x = builder.tensor(input[0], input[1], input[2], zeroPoints: [5])
    let shape = output ?? self.output
    let y = builder.tensor(shape[0], shape[1], shape[2], zeroPoints: [5])
    builder.port("x", x, isOutput: false)
    builder.port("y", y, isOutput: true)
    builder.operation(.resize, [Int](repeating: x, count: inputs), y) {
      $0.arrays = record ?? self.record
    }
    return builder.build()
  }

  /// What stands in the output after a run.
  func run(_ values: [Int8], threads: Int = 1) throws -> [Int] {
    let interpreter = try Interpreter(try load(bundle()).get(), threads: threads)
    fill(interpreter, 0, values)
    interpreter.run()
    return bytes(interpreter, 1).map { Int($0) }
  }
}

/// The definition, searched for instead of divided out.
private enum ResizeOracle {
  /// The greatest number of 0…limit that `holds`, which holds for 0 and, with a number, for all below.
  static func greatest(_ limit: Int, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, limit)
    while low < high {
      let middle = (low + high + 1) / 2
      if holds(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The pixel that output pixel `index` of `m` reads of `n`, and the weight of the next.
  static func tap(_ test: ResizeCase, _ index: Int, _ n: Int, _ m: Int) -> (at: Int, weight: Int) {
    // p = a / b.
    var (a, b) = (0, 1)
    switch test.coordinates {
    case 0: (a, b) = ((2 * index + 1) * n - m, 2 * m)
    case 1: if m > 1 { (a, b) = (index * (n - 1), m - 1) }
    default: (a, b) = (index * n, m)
    }
    a = min(max(a, 0), (n - 1) * b)
    let below = greatest(n - 1) { $0 * b <= a }
    if test.interpolation == 0 {
      // Two equally near ones: the first. Asymmetric ones are the pixel they lie in.
      let isNextNearer = below + 1 < n && (below + 1) * b - a < a - below * b
      return (test.coordinates != 2 && isNextNearer ? below + 1 : below, 0)
    }
    // The whole w that w / 2048 rounds to: w − ½ ≤ 2048 · fraction.
    return (below, greatest(2048) { $0 == 0 || (2 * $0 - 1) * b <= 4096 * (a - below * b) })
  }

  static func output(_ test: ResizeCase, _ values: [Int8]) -> [Int] {
    let (width, channels) = (test.input[1], test.input[2])
    let columns = (0..<test.output[1]).map { tap(test, $0, width, test.output[1]) }
    var result: [Int] = []
    for y in 0..<test.output[0] {
      let row = tap(test, y, test.input[0], test.output[0])
      for column in columns {
        for channel in 0..<channels {
          func q(_ dy: Int, _ dx: Int) -> Int {
            Int(values[((row.at + dy) * width + column.at + dx) * channels + channel])
          }
          // The columns first, then the rows.
          func mean(_ dy: Int) -> Int {
            (2048 - column.weight) * q(dy, 0) + (column.weight > 0 ? column.weight * q(dy, 1) : 0)
          }
          let sum = (2048 - row.weight) * mean(0) + (row.weight > 0 ? row.weight * mean(1) : 0)
          result.append((sum + (1 << 21)) >> 22)
        }
      }
    }
    return result
  }
}

@Suite struct ResizeTests {
  // Written out with their type, and outside of the attribute: Swift 6.0 cannot find the type of long
  // sums of literals, nor take a closure there.
  private static let sizes: [(input: [Int], output: [Int])] = [
    ([5, 7, 3], [11, 4, 3]), ([1, 1, 9], [3, 2, 9]), ([6, 9, 17], [1, 1, 17]),
    ([3, 3, 4], [3, 3, 4]), ([20, 24, 16], [80, 31, 16]), ([3, 2, 5], [2, 2048, 5]),
  ]
  private static let longSides: [(input: [Int], output: [Int])] = [
    ([1, 1 << 20, 1], [2, 1 << 14, 1]), ([1 << 20, 1, 1], [1 << 14, 3, 1]),
    ([2, 2, 1], [1 << 14, 1, 1]),
  ]
  private static let cases = sizes.flatMap { ResizeCase.modes($0.input, $0.output) }
  private static let longCases = longSides.flatMap { ResizeCase.modes($0.input, $0.output) }

  @Test(arguments: cases)
  func resizes(_ test: ResizeCase) throws {
    var random = SplitMix64(seed: 17)
    let values = randomBytes(test.input.reduce(1, *), &random)
    let expected = ResizeOracle.output(test, values)
    #expect(Set(expected).count > 4, "a test of nothing")
    for threads in 1...4 { #expect(try test.run(values, threads: threads) == expected) }
  }

  /// The longest sides that there are: nothing overflows, on 32 bits neither.
  @Test(arguments: longCases)
  func resizesLongSides(_ test: ResizeCase) throws {
    var random = SplitMix64(seed: 18)
    let values = randomBytes(test.input.reduce(1, *), &random)
    #expect(try test.run(values) == ResizeOracle.output(test, values))
  }

  /// Worked out by hand: q = 40·column + 80·row of 2 × 2 pixels.
  @Test func enlargesTwoByTwo() throws {
    let values: [Int8] = [0, 40, 80, 120]
    func result(_ interpolation: Int, _ coordinates: Int) throws -> [Int] {
      try ResizeCase(
        input: [2, 2, 1], output: [4, 4, 1], interpolation: interpolation,
        coordinates: coordinates
      ).run(values)
    }
    // p = 0, ¼, ¾, 1 along both axes.
    #expect(
      try result(1, 0) == [
        0, 10, 30, 40,
        20, 30, 50, 60,
        60, 70, 90, 100,
        80, 90, 110, 120,
      ])
    // p = 0, ⅓, ⅔, 1: the weights are 683 and 1365 of 2048.
    #expect(
      try result(1, 1) == [
        0, 13, 27, 40,
        27, 40, 53, 67,
        53, 67, 80, 93,
        80, 93, 107, 120,
      ])
    // p = 0, ½, 1, 1.
    #expect(
      try result(1, 2) == [
        0, 20, 40, 40,
        40, 60, 80, 80,
        80, 100, 120, 120,
        80, 100, 120, 120,
      ])
    for coordinates in 0...2 {
      #expect(
        try result(0, coordinates) == [
          0, 0, 40, 40,
          0, 0, 40, 40,
          80, 80, 120, 120,
          80, 80, 120, 120,
        ])
    }
  }

  /// Worked out by hand: which pixels a row is made of.
  @Test(arguments: [
    // p = ½, 2½ and 0, 2 and 0, 3.
    (4, 2, [[0, 2], [0, 3], [0, 2]]),
    // p = ¾, 3¼ and 0, 4 and 0, 2½.
    (5, 2, [[1, 3], [0, 4], [0, 2]]),
    // p = 0, ½, 1 and 0, ½, 1 and 0, ⅔, 1⅓.
    (2, 3, [[0, 0, 1], [0, 0, 1], [0, 0, 1]]),
    (3, 1, [[1], [0], [0]]),
  ])
  func takesTheNearest(_ n: Int, _ m: Int, _ pixels: [[Int]]) throws {
    for (coordinates, expected) in pixels.enumerated() {
      let test = ResizeCase(
        input: [1, n, 1], output: [1, m, 1], interpolation: 0, coordinates: coordinates)
      #expect(try test.run((0..<n).map { Int8($0) }) == expected, "\(coordinates)")
    }
  }

  /// Halves round up, towards +∞.
  @Test func roundsHalvesUp() throws {
    let test = ResizeCase(input: [1, 2, 2], output: [1, 1, 2])
    #expect(try test.run([-3, 2, -2, 3]) == [-2, 3])
  }

  @Test func writerWritesTheRecord() throws {
    for test in ResizeCase.modes([2, 3, 4], [258, 7, 4]) {
      let parameters = ResizeParameters(
        interpolation: try #require(.init(rawValue: UInt32(test.interpolation))),
        coordinates: try #require(.init(rawValue: UInt32(test.coordinates))), height: 258, width: 7)
      #expect(parameters.encoded() == test.record)
      var writer = BundleWriter()
      let quantization = [QuantizationRecord(scale: 0.5, zeroPoint: 0)]
      let tensors = [test.input, test.output].enumerated().map {
        writer.addTensor(
          "t\($0)", source: "", height: $1[0], width: $1[1], channels: $1[2],
          quantization: quantization)
      }
      writer.addInput("x", tensor: tensors[0])
      writer.addOutput("y", tensor: tensors[1])
      writer.add(parameters, name: "resize", inputs: [tensors[0]], output: tensors[1])
      let model = try load(writer.finish().pieces.flatMap { $0 }).get()
      let section = model.reader.section(.parameters).slice(0, 64)
      #expect(section.withUnsafeBytes { Array($0) } == test.record)
    }
  }

  /// Each field out of its range, and what follows the record.
  @Test(arguments: [
    ([2, 0, 8, 6], "interpolation is 2, expected 0 to 1"),
    ([-1, 0, 8, 6], "interpolation is 4294967295"),
    ([1, 3, 8, 6], "coordinates is 3, expected 0 to 2"),
    ([1, 0, 0, 6], "output height is 0, expected 1 to 16384"),
    ([1, 0, 16385, 6], "output height is 16385"),
    ([1, 0, 8, 0], "output width is 0, expected 1 to 16384"),
    ([1, 0, 8, -1], "output width is 4294967295"),
    ([1, 0, 8, 6, 1], "reserved bytes"),
  ])
  func refusesFields(_ fields: [Int], _ says: String) {
    expectRefusal(ResizeCase.small.bundle(record: padded(words(fields), 64)), says)
  }

  @Test func refusesWhatDoesNotFit() {
    let test = ResizeCase.small
    expectRefusal(test.bundle(record: test.record + test.record), "parameters length")
    expectRefusal(test.bundle(record: Array(test.record.prefix(32))), "parameters length")
    expectRefusal(test.bundle(inputs: 2), "operand count is 2, expected 1")
    for (output, axis) in [([7, 6, 3], "height"), ([8, 5, 3], "width"), ([8, 6, 2], "channels")] {
      expectRefusal(test.bundle(output: output), axis)
    }
    var unknown = test.bundle()
    let operations = 64 + 12 * 64 + 128
    unknown[operations] = 200
    expectRefusal(BundleBuilder.signed(unknown), "kind is 200, expected 1 to ")
  }

  /// A run may move 2³⁴ elements, and a bilinear resize moves four for each of its output.
  @Test func countsItsWork() throws {
    for (interpolation, count) in [(0, 144), (1, 576)] {
      var test = ResizeCase.small
      test.interpolation = interpolation
      let model = try load(test.bundle()).get()
      #expect(model.operations[0].movedCount == Int64(count))
    }
  }
}

extension ResizeCase {
  fileprivate static let small = ResizeCase(input: [4, 5, 3], output: [8, 6, 3])
}
