import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// A product as the specification's numbers.
private struct ProductCase {
  var shape = [4, 3, 5]
  var other = [4, 3, 5]
  var output: [Int]?
  var fields = [0, 1 << 14, 0, -128, 127]
  var zeroPoints = (3, -7)

  var record: [UInt8] { padded(words(fields), 64) }

  func bundle(record: [UInt8]? = nil, operands: Int = 2) -> [UInt8] {
    var builder = BundleBuilder()
    let a = builder.tensor(shape[0], shape[1], shape[2], zeroPoints: [zeroPoints.0])
    let b = builder.tensor(other[0], other[1], other[2], zeroPoints: [zeroPoints.1])
    let result = output ?? shape
    let y = builder.tensor(result[0], result[1], result[2])
    builder.port("a", a, isOutput: false)
    builder.port("b", b, isOutput: false)
    builder.port("y", y, isOutput: true)
    builder.operation(.product, Array([a, b, b].prefix(operands)), y) {
      $0.arrays = record ?? self.record
    }
    return builder.build()
  }
}

@Suite("Product") struct ProductTests {
  /// Worked out by hand: shift 0 and m = 2¹⁴ halve, and 6 bits more are cut off: ⌊(acc + 1) / 2⌋ / 64.
  @Test func computesByHand() throws {
    var test = ProductCase(shape: [1, 1, 4], other: [1, 1, 4])
    test.fields = [0, 1 << 14, 0, -128, 127]
    let interpreter = try Interpreter(try load(test.bundle()).get())
    fill(interpreter, 0, [3, 103, -97, 127])
    fill(interpreter, 1, [90, 93, 93, 127])
    interpreter.run()
    // 0·97, 100·100, −100·100 and 124·134: 0, 5000/64, −5000/64 rounded down, and above 127.
    #expect(bytes(interpreter, 2) == [0, 78, -79, 127])
  }

  private static let factors: [[Int]] = [[4, 3, 5], [1, 1, 5], [4, 3, 1], [1, 1, 1]]

  @Test(arguments: factors, 1...3)
  func broadcasts(_ other: [Int], _ threads: Int) throws {
    let test = ProductCase(other: other, fields: [321, 23000, 3, -128, 127])
    let interpreter = try Interpreter(try load(test.bundle()).get(), threads: threads)
    var random = SplitMix64(seed: 3)
    let a = randomBytes(60, &random)
    let b = randomBytes(other.reduce(1, *), &random)
    fill(interpreter, 0, a)
    fill(interpreter, 1, b)
    interpreter.run()
    let expected = (0..<60).map { place -> Int8 in
      let (pixel, channel) = (place / 5, place % 5)
      let start = other[0] == 1 ? 0 : pixel * other[2]
      let second = start + (other[2] == 1 ? 0 : channel)
      let first = Double(a[place]) - 3
      let sum = first * (Double(b[second]) + 7) + 321
      let rounded = ((sum / 8).rounded(.down) * 23000 / 32768 + 0.5).rounded(.down)
      return Int8(min(max((rounded / 64).rounded(.down), -128), 127))
    }
    #expect(bytes(interpreter, 2) == expected)
  }

  @Test func writerWritesTheRecord() throws {
    let parameters = ProductParameters(
      bias: -99, multiplier: 20000, shift: -7, clamp: OutputClamp(lo: -5, hi: 6))
    #expect(parameters.encoded() == padded(words([-99, 20000, -7, -5, 6]), 64))
  }

  // With its type, and outside of the attribute: too much for Swift 6.0 otherwise.
  private static let badFields: [(fields: [Int], says: String)] = [
    ([1_073_741_825, 16384, 0, -128, 127], "bias is 1073741825"),
    ([0, 8192, 0, -128, 127], "multiplier is 8192"),
    ([0, 32768, 0, -128, 127], "multiplier is 32768"),
    ([0, 16384, 25, -128, 127], "shift is 25"), ([0, 16384, -8, -128, 127], "shift is -8"),
    ([0, 16384, 0, -129, 127], "lo is -129"), ([0, 16384, 0, 5, 4], "hi is 4"),
    ([0, 16384, 0, -128, 127, 1], "reserved bytes"),
  ]

  @Test(arguments: badFields)
  func refusesFields(_ fields: [Int], _ says: String) {
    expectRefusal(ProductCase().bundle(record: padded(words(fields), 64)), says)
  }

  @Test func refusesWhatDoesNotFit() {
    let test = ProductCase()
    expectRefusal(test.bundle(record: test.record + test.record), "parameters length")
    expectRefusal(test.bundle(operands: 1), "operand count is 1, expected 2")
    expectRefusal(test.bundle(operands: 3), "operand count is 3, expected 2")
    for other in [[4, 3, 2], [2, 3, 5], [4, 1, 5], [1, 3, 1]] {
      expectRefusal(ProductCase(other: other).bundle(), "second operand")
    }
    expectRefusal(ProductCase(output: [4, 3, 1]).bundle(), "channels")
    expectRefusal(ProductCase(output: [1, 3, 5]).bundle(), "height")
  }
}
