import SwiftletTestSupport

/// What kind of numbers a problem is filled with.
enum Values: String, CaseIterable, Sendable {
  /// Uniform bytes, with constants that spread the results over int8.
  case random
  /// The same, with clamps that are int8's own limits: kernels leave them out.
  case unclamped
  /// The ends of every range: bytes, weights, shifts, multipliers, biases and clamps.
  case extreme
  /// Small accumulators, most of which are doubled, about where that saturates.
  case doubled
}

/// The epilogues that tests go through.
enum EpilogueKind: String, CaseIterable, Sendable {
  case requantize, hardSwish, add, curve
}

extension SplitMix64 {
  mutating func int8s(_ count: Int, _ values: Values) -> [Int8] {
    (0..<count).map { _ in
      switch values {
      case .random, .unclamped, .doubled: return Int8.random(in: -128...127, using: &self)
      case .extreme: return pick([-128, -128, 127, 127, 0, -1])
      }
    }
  }

  /// −127…127: kernels may take −128, which no converter writes, for another number.
  mutating func weights(_ count: Int, _ values: Values) -> [Int8] {
    (0..<count).map { _ in
      switch values {
      case .random, .unclamped: return Int8.random(in: -127...127, using: &self)
      case .extreme: return pick([-127, -127, 127, 127, 0])
      case .doubled: return Int8.random(in: -2...2, using: &self)
      }
    }
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &self)]
  }

  /// The constants of one output channel whose accumulators sum `depth` products.
  mutating func channel(depth: Int, weightSum: Int, _ values: Values) -> OracleConstants {
    var c = OracleConstants()
    c.weightSum = weightSum
    switch values {
    case .random, .unclamped:
      // Uniform bytes times uniform weights have a deviation of about 74·73.
      let deviation = 5400 * Double(depth).squareRoot()
      let exact = (deviation / 8000).exponentOfPowerOfTwo
      c.shift = max(-7, min(24, exact + Int.random(in: -1...2, using: &self)))
      c.multiplier = Int.random(in: 16384...32767, using: &self)
      c.bias = Int.random(in: -Int(deviation)...Int(deviation), using: &self)
      c.secondMultiplier = Int.random(in: 16384...32767, using: &self)
      c.zeroPoint = Int.random(in: -128...127, using: &self)
      if values == .random && Bool.random(using: &self) {
        c.lo = Int.random(in: -128...0, using: &self)
        c.hi = Int.random(in: 0...127, using: &self)
      }
    case .extreme:
      c.shift = pick([-7, -1, 0, 1, 8, 15, 23, 24])
      c.multiplier = pick([16384, 32767])
      c.bias = pick([-1 << 29, -1, 0, 1, 1 << 29])
      c.secondMultiplier = pick([16384, 32767])
      c.zeroPoint = pick([-128, 0, 127])
      (c.lo, c.hi) = pick([(-128, 127), (-128, 127), (127, 127), (-128, -128), (5, 5)])
    case .doubled:
      c.shift = pick([-1, -1, -1, 0, 1])
      c.multiplier = pick([16384, 32767, Int.random(in: 16384...32767, using: &self)])
      // Not as the converter writes them: a small result of a saturated accumulator.
      if Int.random(in: 0..<100, using: &self) == 0 {
        c.multiplier = Int.random(in: 0..<16384, using: &self)
      }
      let largest = pick([500, 8000, 20000, 1 << 29])
      c.bias = Int.random(in: -largest...largest, using: &self)
      c.secondMultiplier = Int.random(in: 16384...32767, using: &self)
      c.zeroPoint = Int.random(in: -128...127, using: &self)
    }
    return c
  }

  mutating func epilogue(_ kind: EpilogueKind, _ values: Values) -> OracleEpilogue {
    switch (kind, values) {
    case (.requantize, _): return .requantize
    case (.hardSwish, .random), (.hardSwish, .unclamped), (.hardSwish, .doubled):
      return .hardSwish(
        fractionBits: Int.random(in: 8...12, using: &self),
        outputShift: Int.random(in: 5...7, using: &self))
    case (.hardSwish, .extreme):
      return .hardSwish(fractionBits: pick([0, 12]), outputShift: pick([2, 7]))
    case (.add, .random), (.add, .unclamped), (.add, .doubled):
      return .add(multiplier: Int.random(in: 1..<16384, using: &self))
    case (.add, .extreme): return .add(multiplier: pick([0, 16383]))
    case (.curve, .random), (.curve, .unclamped), (.curve, .doubled):
      var curve = OracleCurve.random(&self)
      curve.coreShift = Int.random(in: 0...2, using: &self)
      return .curve(KernelCurve(curve), outputShift: Int.random(in: 6...7, using: &self))
    case (.curve, .extreme):
      return .curve(KernelCurve(.random(&self)), outputShift: pick([2, 7]))
    }
  }

  mutating func problem(_ shape: ConvShape, _ kind: EpilogueKind, _ values: Values) -> ConvProblem {
    let weights = weights(shape.outChannels * shape.depth, values)
    let channels = (0..<shape.outChannels).map { n in
      let sum = weights[n * shape.depth..<(n + 1) * shape.depth].reduce(0) { $0 + Int($1) }
      return channel(depth: shape.depth, weightSum: sum, values)
    }
    return ConvProblem(
      shape: shape, input: int8s(shape.input.h * shape.input.w * shape.input.c, values),
      weights: weights, padding: int8s(shape.input.c, values), channels: channels,
      epilogue: epilogue(kind, values),
      skip: kind == .add ? int8s(shape.outH * shape.outW * shape.outChannels, values) : [])
  }
}

extension Double {
  /// The integer e with 2^e ≤ self < 2^(e+1).
  fileprivate var exponentOfPowerOfTwo: Int { Int(exponent) }
}
