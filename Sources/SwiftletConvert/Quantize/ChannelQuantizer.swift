import SwiftletPlatform

/// One output channel of a convolution or fully connected layer, quantized.
struct QuantizedChannel {
  /// In the order of the float weights, −127…127.
  var weights: [Int8]
  /// Real = weightScale · w.
  var weightScale: Double
  /// Whether the scale is coarser than a 127th of the largest weight.
  var isScaleRaised: Bool
  /// The stored bias: zero points and rounding halves folded in.
  var bias: Int
  var requantizer: Requantizer
}

/// Quantizes one output channel at a time: per-channel symmetric weights, folded bias.
struct ChannelQuantizer {
  /// Every accumulator stays below this in magnitude.
  static let accumulatorLimit = 1 << 30

  let inputScale: Double
  let inputZeroPoint: Int
  /// Real units per output step: the output scale, or that of a 16-bit pre-activation.
  let outputUnit: Double
  /// What is added after scaling, in output steps: zero point and halves, or 0.
  let outputOffset: Double
  /// 6, or 0 for a pre-activation, whose fraction bits are in `outputUnit`.
  let fractionBits: Int

  /// The plain epilogue: y = clamp(b >> 6) with `zeroPoint`, its half and b's half folded.
  init(
    inputScale: Double, inputZeroPoint: Int, outputScale: Double, zeroPoint: Double
  ) {
    self.inputScale = inputScale
    self.inputZeroPoint = inputZeroPoint
    outputUnit = outputScale
    outputOffset = zeroPoint + 0.5 - exp2(-7)
    fractionBits = 6
  }

  /// The epilogues h-swish and curve: b is the pre-activation in steps of `preactivationUnit`.
  init(inputScale: Double, inputZeroPoint: Int, preactivationUnit: Double) {
    self.inputScale = inputScale
    self.inputZeroPoint = inputZeroPoint
    outputUnit = preactivationUnit
    outputOffset = 0
    fractionBits = 0
  }

  /// The largest weight scale that a requantizer can express for this output.
  var largestWeightScale: Double {
    let largestFactor = exp2(Double(7 - fractionBits)) * (1 - exp2(-15))
    return largestFactor * outputUnit / inputScale
  }

  /// Quantizes a channel, or returns nil when no weight scale fits (its weights are too large for
  /// the output's scale).
  ///
  /// The weight scale is max|w| / 127, raised where that is too small for the shift's range or for
  /// the accumulator bound: a near-dead channel, whose bias would be astronomically many steps. A
  /// `fixedScale`, of which the weights are multiples of at most 127, takes the first one's place.
  func quantize(
    weights: ArraySlice<Float>, bias: Double, fixedScale: Float? = nil
  ) -> QuantizedChannel? {
    let largest = weights.reduce(0) { max($0, abs(Double($1))) }
    let usual = fixedScale.map { Double($0) } ?? (largest / 127)
    let smallestScale = exp2(-25 - Double(fractionBits)) * outputUnit / inputScale * 1.001
    var scale = max(usual, smallestScale)
    while scale <= largestWeightScale {
      if var channel = quantize(weights: weights, bias: bias, scale: scale) {
        channel.isScaleRaised = scale > usual
        return channel
      }
      scale *= 2
    }
    return nil
  }

  private func quantize(
    weights: ArraySlice<Float>, bias: Double, scale: Double
  ) -> QuantizedChannel? {
    let factor = inputScale * scale / outputUnit
    guard let requantizer = Requantizer(factor: factor, fractionBits: fractionBits) else {
      return nil
    }
    var sum = 0
    var magnitude = 0
    let levels = [Int8](unsafeUninitializedCapacity: weights.count) { levels, count in
      for (index, weight) in weights.enumerated() {
        let level = (Double(weight) / scale).rounded(.toNearestOrAwayFromZero)
        let integer = Int(min(max(level, -127), 127))
        levels[index] = Int8(truncatingIfNeeded: integer)
        sum += integer
        magnitude += abs(integer)
      }
      count = weights.count
    }
    let steps = bias / (inputScale * scale) + outputOffset / requantizer.factor
    guard abs(steps) < Double(Self.accumulatorLimit) else { return nil }
    let stored =
      Int((steps + 0.5).rounded(.down)) - inputZeroPoint * sum + requantizer.roundingHalf
    guard abs(stored) + 128 * magnitude < Self.accumulatorLimit else { return nil }
    return QuantizedChannel(
      weights: levels, weightScale: scale, isScaleRaised: false, bias: stored,
      requantizer: requantizer)
  }
}
