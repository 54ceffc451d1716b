import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// Everything about a linear layer's epilogue: how its channels are quantized and what the bundle
/// says.
struct LinearEpilogue {
  private let layer: FusedLayer
  private let input: ActivationScales
  private let result: ActivationScales
  /// What weights and biases are multiplied by, and what is then added to the bias: h-sigmoid's
  /// x/6 + ½.
  private let gain: Double
  private let offset: Double
  /// h-swish: f and F, the same for all channels.
  private var swish: (fractionBits: Int, outputShift: Int)?
  /// Residual addition: m_r and the other operand's zero point.
  private var skip: (multiplier: Double, zeroPoint: Double)?

  /// What the bundle says.
  private(set) var epilogue = SwiftletRuntime.Epilogue.requantize

  /// - Throws: `ConvertError.outOfRange` when h-swish's or the residual's numbers do not fit.
  init(_ layer: FusedLayer, lowering: Lowering) throws(ConvertError) {
    self.layer = layer
    input = lowering.quantization.scales(layer.inputs[0])
    result = lowering.quantization.scales(layer.output)
    let isGate = layer.activation == .hardSigmoid
    gain = isGate ? 1.0 / 6 : 1
    offset = isGate ? 0.5 : 0
    if layer.activation == .hardSwish {
      let bits = lowering.quantization.swishFractionBits[layer.output] ?? 0
      try prepareHardSwish(fractionBits: bits)
    } else if let other = layer.skip {
      try prepareSkip(lowering.quantization[other])
    }
  }

  /// F is that of the channel with the finest output scale, whose m₂ then has 15 bits.
  private mutating func prepareHardSwish(fractionBits: Int) throws(ConvertError) {
    let finest = result.records.map { Double($0.scale) }.min() ?? 1
    let shift = FixedPoint(Self.swishFactor(fractionBits, scale: finest)).exponent - 15
    guard (2...7).contains(shift) else {
      throw .outOfRange(
        layer: layer.name, what: "h-swish needs an output shift of 2…7, found \(shift)")
    }
    swish = (fractionBits, shift)
    epilogue = .hardSwish(fractionBits: fractionBits, outputShift: shift)
  }

  private mutating func prepareSkip(_ other: QuantizationRecord) throws(ConvertError) {
    let ratio = Double(other.scale) / Double(result[0].scale)
    let multiplier = (ratio * exp2(13)).rounded(.toNearestOrAwayFromZero)
    guard multiplier < exp2(14) else {
      throw .outOfRange(
        layer: layer.name, what: "the residual's scale is \(ratio) times the output's")
    }
    skip = (multiplier, Double(other.zeroPoint))
    epilogue = .add(multiplier: Int(multiplier))
  }

  /// 4 / (3 · 2^f · s_out).
  private static func swishFactor(_ fractionBits: Int, scale: Double) -> Double {
    4 / (3 * exp2(Double(fractionBits)) * scale)
  }

  private func quantizer(_ channel: Int) -> ChannelQuantizer {
    let input = input[layer.isDepthwise ? channel : 0]
    let output = result[channel]
    if let swish {
      return ChannelQuantizer(
        inputScale: Double(input.scale), inputZeroPoint: Int(input.zeroPoint),
        swishFractionBits: swish.fractionBits)
    }
    var zeroPoint = Double(output.zeroPoint)
    if let skip { zeroPoint -= skip.zeroPoint * skip.multiplier * exp2(-13) }
    return ChannelQuantizer(
      inputScale: Double(input.scale), inputZeroPoint: Int(input.zeroPoint),
      outputScale: Double(output.scale), zeroPoint: zeroPoint)
  }

  /// m₂ of h-swish, else 0.
  private func swishMultiplier(_ channel: Int) -> Int {
    guard let swish else { return 0 }
    let factor = Self.swishFactor(swish.fractionBits, scale: Double(result[channel].scale))
    let rounded = (factor * exp2(Double(15 + swish.outputShift))).rounded()
    return Int(min(rounded, 32767))
  }

  /// Quantizes all output channels one by one, packs their weights into `array` and returns the other
  /// constants.
  ///
  /// `weights` are as many per channel as there are in all divided by `bias.count`.
  ///
  /// - Throws: `ConvertError.outOfRange` when a channel has no scale that fits.
  func quantize(
    weights: [Float], bias: [Float], into array: WeightArray, of writer: inout BundleWriter
  ) throws(ConvertError) -> [ChannelConstants] {
    let perChannel = weights.count / max(bias.count, 1)
    var constants: [ChannelConstants] = []
    constants.reserveCapacity(bias.count)
    for channel in bias.indices {
      var slice = weights[channel * perChannel..<(channel + 1) * perChannel]
      if gain != 1 { slice = slice.map { Float(Double($0) * gain) }[...] }
      let real = Double(bias[channel]) * gain + offset
      guard let quantized = quantizer(channel).quantize(weights: slice, bias: real) else {
        throw .outOfRange(
          layer: layer.name,
          what: "channel \(channel) fits no weight scale: its largest weight or its bias "
            + "(\(real)) is too large for the output's range")
      }
      let sum = writer.setWeights(quantized.weights, channel: channel, in: array)
      let record = result[channel]
      let bounds = record.clamp(layer.activation)
      constants.append(
        ChannelConstants(
          bias: quantized.bias, weightSum: sum, multiplier: quantized.requantizer.multiplier,
          swishMultiplier: swishMultiplier(channel), shift: quantized.requantizer.shift,
          lo: bounds.lo, hi: bounds.hi, zeroPoint: Int(record.zeroPoint)))
    }
    return constants
  }
}

extension QuantizationRecord {
  /// The int8 levels between which a fused activation keeps the output.
  func clamp(_ activation: Activation?) -> (lo: Int, hi: Int) {
    switch activation {
    case .relu: (Int(zeroPoint), 127)
    case .relu6: (Int(zeroPoint), Int(quantize(6)))
    case nil, .hardSigmoid, .hardSwish, .sigmoid, .silu: (-128, 127)
    }
  }
}
