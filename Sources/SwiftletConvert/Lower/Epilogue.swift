import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// Everything about a linear layer's epilogue: how its channels are quantized and what the record
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

  /// Fills in the record's epilogue fields.
  ///
  /// - Throws: `ConvertError.outOfRange` when h-swish's or the residual's numbers do not fit.
  init(
    _ layer: FusedLayer, lowering: Lowering, record: inout OperationRecord
  ) throws(ConvertError) {
    self.layer = layer
    input = lowering.quantization.scales(layer.inputs[0])
    result = lowering.quantization.scales(layer.output)
    let isGate = layer.activation == .hardSigmoid
    gain = isGate ? 1.0 / 6 : 1
    offset = isGate ? 0.5 : 0
    if layer.activation == .hardSwish {
      let bits = lowering.quantization.swishFractionBits[layer.output] ?? 0
      try prepareHardSwish(fractionBits: bits, record: &record)
    } else if let other = layer.skip {
      try prepareSkip(lowering.quantization[other], record: &record)
    }
  }

  /// F is that of the channel with the finest output scale, whose m₂ then has 15 bits.
  private mutating func prepareHardSwish(
    fractionBits: Int, record: inout OperationRecord
  ) throws(ConvertError) {
    let finest = result.records.map { Double($0.scale) }.min() ?? 1
    let shift = FixedPoint(Self.swishFactor(fractionBits, scale: finest)).exponent - 15
    guard (2...7).contains(shift) else {
      throw .outOfRange(
        layer: layer.name, what: "h-swish needs an output shift of 2…7, found \(shift)")
    }
    swish = (fractionBits, shift)
    record.epilogue = EpilogueKind.hardSwish.rawValue
    record.fractionBits = Int32(fractionBits)
    record.outputShift = Int32(shift)
  }

  private mutating func prepareSkip(
    _ other: QuantizationRecord, record: inout OperationRecord
  ) throws(ConvertError) {
    let ratio = Double(other.scale) / Double(result[0].scale)
    let multiplier = (ratio * exp2(13)).rounded(.toNearestOrAwayFromZero)
    guard multiplier < exp2(14) else {
      throw .outOfRange(
        layer: layer.name, what: "the residual's scale is \(ratio) times the output's")
    }
    skip = (multiplier, Double(other.zeroPoint))
    record.epilogue = EpilogueKind.add.rawValue
    record.multiplierA = Int32(multiplier)
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

  /// What the blocks say of a channel's output.
  func output(_ channel: Int) -> ChannelBlocks.Output {
    let record = result[channel]
    let bounds = record.clamp(layer.activation)
    var multiplier = 0
    if let swish {
      let factor = Self.swishFactor(swish.fractionBits, scale: Double(record.scale))
      let rounded = (factor * exp2(Double(15 + swish.outputShift))).rounded()
      multiplier = Int(min(rounded, 32767))
    }
    return ChannelBlocks.Output(
      lo: bounds.lo, hi: bounds.hi, zeroPoint: Int(record.zeroPoint), swishMultiplier: multiplier)
  }

  /// Quantizes all output channels.
  ///
  /// `weights` are as many per channel as there are in all divided by `bias.count`.
  ///
  /// - Throws: `ConvertError.outOfRange` when a channel has no scale that fits.
  func quantize(weights: [Float], bias: [Float]) throws(ConvertError) -> [QuantizedChannel] {
    let perChannel = weights.count / max(bias.count, 1)
    let scaled = gain == 1 ? weights : weights.map { Float(Double($0) * gain) }
    var channels: [QuantizedChannel] = []
    channels.reserveCapacity(bias.count)
    for channel in bias.indices {
      let slice = scaled[channel * perChannel..<(channel + 1) * perChannel]
      let real = Double(bias[channel]) * gain + offset
      guard let quantized = quantizer(channel).quantize(weights: slice, bias: real) else {
        throw .outOfRange(
          layer: layer.name,
          what: "channel \(channel) fits no weight scale: its largest weight or its bias "
            + "(\(real)) is too large for the output's range")
      }
      channels.append(quantized)
    }
    return channels
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
