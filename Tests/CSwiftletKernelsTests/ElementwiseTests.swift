import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// What is wrong with an elementwise kernel of any supported set, or nil.
private func faultOfSets(
  expected: [Int8], run: (SwlKernelSet, UnsafeMutablePointer<Int8>) -> Void
) -> String? {
  for set in supportedSets {
    let kernels = kernelSet(set)
    let found = withGuardedOutput(expected.count, fill: 99) { run(kernels, $0) }
    if let fault = difference(found, expected) {
      return "\(String(cString: kernels.name)): \(fault)"
    }
  }
  return nil
}

/// All 65,536 pairs of bytes.
private let pairs: (a: [Int8], b: [Int8]) = {
  let bytes = (-128...127).map { Int8($0) }
  return (bytes.flatMap { [Int8](repeating: $0, count: 256) }, (0..<256).flatMap { _ in bytes })
}()

private let lengths = [0, 1, 3, 5, 13, 16, 17, 31, 40, 64, 65, 127, 200]

@Suite struct AddTests {
  static let parameters: [SwlAddParams] = [
    SwlAddParams(
      multiplier_a: 20000, multiplier_b: 31000, addend: 16384, shift: 15, lo: -128, hi: 127),
    // Ties everywhere: halves of the shift fall on integers.
    SwlAddParams(
      multiplier_a: 16384, multiplier_b: 16384, addend: 16384, shift: 15, lo: -128, hi: 127),
    SwlAddParams(
      multiplier_a: 32767, multiplier_b: 1, addend: -(1 << 30) + 1, shift: 20, lo: -128, hi: 127),
    SwlAddParams(
      multiplier_a: 32767, multiplier_b: 32767, addend: (1 << 30) - 1, shift: 20, lo: -3, hi: 127),
    SwlAddParams(multiplier_a: 1, multiplier_b: 0, addend: 0, shift: 0, lo: -128, hi: 127),
    SwlAddParams(multiplier_a: 0, multiplier_b: 32767, addend: -7, shift: 1, lo: 9, hi: 9),
    SwlAddParams(multiplier_a: 999, multiplier_b: 777, addend: -5000, shift: 11, lo: 0, hi: 100),
  ]

  @Test(arguments: parameters.indices)
  func everyPair(_ index: Int) {
    var p = Self.parameters[index]
    let expected = zip(pairs.a, pairs.b).map { Int8(Oracle.add(Int($0), Int($1), p)) }
    let fault = faultOfSets(expected: expected) { kernels, output in
      kernels.add(&p, pairs.a, pairs.b, output, Int64(expected.count))
    }
    #expect(fault == nil)
  }

  /// An operand may be overwritten: residual additions run in place.
  @Test func inPlace() {
    var p = Self.parameters[0]
    let expected = zip(pairs.a, pairs.b).map { Int8(Oracle.add(Int($0), Int($1), p)) }
    let fault = faultOfSets(expected: expected) { kernels, output in
      output.update(from: pairs.a, count: expected.count)
      kernels.add(&p, output, pairs.b, output, Int64(expected.count))
    }
    #expect(fault == nil)
  }

  /// Sums next to every multiple of 2^t that int8 can tell apart.
  @Test(arguments: 0...20)
  func stepsOfTheShift(_ shift: Int) {
    var failures = 0
    for y in -129...128 {
      for offset in -1...1 {
        let addend = y << shift + offset
        guard abs(addend) < 1 << 30 else { continue }
        let p = SwlAddParams(
          multiplier_a: 0, multiplier_b: 0, addend: Int32(addend), shift: Int32(shift), lo: -128,
          hi: 127)
        let found = swl_add(0, 0, 0, 0, p.addend, p.shift, p.lo, p.hi)
        if Int(found) != Oracle.add(0, 0, p) { failures += 1 }
      }
    }
    #expect(failures == 0)
  }

  @Test(arguments: lengths)
  func everyLength(_ length: Int) {
    var random = SplitMix64(seed: 51)
    let a = random.int8s(length, .random)
    let b = random.int8s(length, .random)
    var p = Self.parameters[0]
    let expected = zip(a, b).map { Int8(Oracle.add(Int($0), Int($1), p)) }
    let fault = withAligned(a, b) { inputs in
      faultOfSets(expected: expected) { kernels, output in
        kernels.add(&p, inputs[0], inputs[1], output, Int64(length))
      }
    }
    #expect(fault == nil)
  }
}

@Suite struct MultiplyTests {
  static func parameters(
    _ zeroPoints: (Int32, Int32), _ multiplier: Int32, _ shift: Int32,
    clamp: (Int32, Int32) = (-128, 127)
  ) -> SwlMultiplyParams {
    SwlMultiplyParams(
      channels: 1, input_zero_point: zeroPoints.0, output_zero_point: zeroPoints.1,
      multiplier: multiplier, output_shift: shift, lo: clamp.0, hi: clamp.1)
  }

  static let parameters: [SwlMultiplyParams] = [
    parameters((0, 0), 16384, 6), parameters((-128, -128), 32767, 7),
    parameters((127, 127), 32767, 2), parameters((-3, 5), 21845, 5),
    parameters((11, -90), 16448, 4, clamp: (-20, 60)), parameters((0, 0), 30000, 3, clamp: (7, 7)),
  ]

  @Test(arguments: parameters.indices)
  func everyPair(_ index: Int) {
    var p = Self.parameters[index]
    let expected = zip(pairs.a, pairs.b).map {
      Int8(Oracle.gateMultiply(Int($0), gate: Int($1), p))
    }
    let fault = faultOfSets(expected: expected) { kernels, output in
      kernels.mul(&p, pairs.a, pairs.b, output, Int64(expected.count))
    }
    #expect(fault == nil)
    let faultInPlace = faultOfSets(expected: expected) { kernels, output in
      output.update(from: pairs.a, count: expected.count)
      kernels.mul(&p, output, pairs.b, output, Int64(expected.count))
    }
    #expect(faultInPlace == nil)
  }

  /// The pairs above hold ties of every step, so that a wrong direction cannot hide.
  @Test func pairsHoldTies() {
    var ties = (factor: 0, product: 0, last: 0)
    for p in Self.parameters {
      for gate in -128...127 {
        let numerator = (gate + 128) * Int(p.multiplier)
        if Oracle.isTie(numerator, 256) { ties.factor += 1 }
        let factor = Oracle.roundHalfUp(numerator, 256)
        for q in stride(from: -128, through: 127, by: 3) {
          let product = (q - Int(p.input_zero_point)) * 128 * factor
          if Oracle.isTie(product, 32768) { ties.product += 1 }
          let b = Oracle.roundHalfUp(product, 32768)
          if Oracle.isTie(b, 1 << Int(p.output_shift)) { ties.last += 1 }
        }
      }
    }
    #expect(ties.factor > 0 && ties.product > 100 && ties.last > 100)
  }

  /// A gate of 127 stands for exactly 1: equal scales and zero points give the input back.
  @Test func aFullGateKeepsTheInput() {
    // s_q/(255·s_y) = 1/255 = m·2⁻¹⁶·2^−F; F = 6 brings m = 2²²/255 into range.
    var p = Self.parameters((-20, -20), Int32((4_194_304.0 / 255).rounded()), 6)
    let input = (-128...127).map { Int8($0) }
    let gate = [Int8](repeating: 127, count: 256)
    let fault = faultOfSets(expected: input) { kernels, output in
      kernels.mul(&p, input, gate, output, 256)
    }
    #expect(fault == nil)
  }

  @Test(arguments: [1, 3, 5, 7, 13, 16, 17, 33, 40, 72, 130], [1, 2, 7, 15])
  func oneGateAChannel(_ channels: Int, _ pixels: Int) {
    for (seed, values) in [(61, Values.random), (62, .extreme)] {
      var random = SplitMix64(seed: UInt64(seed))
      let input = random.int8s(channels * pixels, values)
      let gate = random.int8s(channels, values)
      var p = Self.parameters((-7, 9), 18000, 6)
      p.channels = Int32(channels)
      let expected = input.enumerated().map { index, q in
        Int8(Oracle.gateMultiply(Int(q), gate: Int(gate[index % channels]), p))
      }
      let fault = withAligned(input, gate) { inputs in
        faultOfSets(expected: expected) { kernels, output in
          kernels.mul_channels(&p, inputs[0], inputs[1], output, Int64(pixels))
        }
      }
      #expect(fault == nil, "\(values)")
      let faultInPlace = withAligned(gate) { gates in
        faultOfSets(expected: expected) { kernels, output in
          output.update(from: input, count: input.count)
          kernels.mul_channels(&p, output, gates[0], output, Int64(pixels))
        }
      }
      #expect(faultInPlace == nil, "\(values), in place")
    }
  }
}

@Suite struct TableTests {
  @Test(arguments: lengths)
  func lookup(_ length: Int) {
    var random = SplitMix64(seed: 71)
    let table = random.int8s(256, .random)
    let input = random.int8s(length, length % 2 == 0 ? .random : .extreme)
    let expected = input.map { table[Int($0) + 128] }
    let fault = withAligned(table, input) { inputs in
      faultOfSets(expected: expected) { kernels, output in
        kernels.lookup(inputs[0], inputs[1], output, Int64(length))
      }
    }
    #expect(fault == nil)
    let faultInPlace = withAligned(table) { tables in
      faultOfSets(expected: expected) { kernels, output in
        output.update(from: input, count: length)
        kernels.lookup(tables[0], output, output, Int64(length))
      }
    }
    #expect(faultInPlace == nil)
  }

  @Test func lookupOfEveryByte() {
    let input = (-128...127).map { Int8($0) }
    let table = input.map { -1 - $0 }
    let fault = faultOfSets(expected: table) { kernels, output in
      kernels.lookup(table, input, output, 256)
    }
    #expect(fault == nil)
  }
}
