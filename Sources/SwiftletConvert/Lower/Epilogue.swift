import Foundation
import SwiftletGraph
import SwiftletRuntime

/// Everything about a linear layer's epilogue: how its channels are quantized and what the record
/// says.
struct LinearEpilogue {
  let quantizer: ChannelQuantizer
  let output: ChannelBlocks.Output
  /// What weights and biases are multiplied by, and what is then added to the bias: h-sigmoid's
  /// x/6 + ½.
  let gain: Double
  let offset: Double

  /// Fills in the record's epilogue fields.
  ///
  /// - Throws: `ConvertError.outOfRange` when h-swish's numbers do not fit.
  init(
    _ layer: FusedLayer, lowering: Lowering, record: inout OperationRecord
  ) throws(ConvertError) {
    let input = lowering.quantization[layer.inputs[0]]
    let result = lowering.quantization[layer.output]
    let bounds = lowering.clamp(layer.activation, result)
    let isGate = layer.activation == .hardSigmoid
    gain = isGate ? 1.0 / 6 : 1
    offset = isGate ? 0.5 : 0
    var swishMultiplier = 0

    if layer.activation == .hardSwish {
      let bits = lowering.quantization.swishFractionBits[layer.output] ?? 0
      let factor = 4 / (3 * exp2(Double(bits)) * Double(result.scale))
      let fixed = FixedPoint(factor)
      let shift = fixed.exponent - 15
      guard (2...7).contains(shift) else {
        throw .outOfRange(
          layer: layer.name, what: "h-swish needs an output shift of 2…7, found \(shift)")
      }
      record.epilogue = EpilogueKind.hardSwish.rawValue
      record.fractionBits = Int32(bits)
      record.outputShift = Int32(shift)
      swishMultiplier = fixed.multiplier
      quantizer = ChannelQuantizer(
        inputScale: Double(input.scale), inputZeroPoint: Int(input.zeroPoint),
        swishFractionBits: bits)
    } else {
      var zeroPoint = Double(result.zeroPoint)
      if let skip = layer.skip {
        let other = lowering.quantization[skip]
        let ratio = Double(other.scale) / Double(result.scale)
        let multiplier = (ratio * exp2(13)).rounded(.toNearestOrAwayFromZero)
        guard multiplier < exp2(14) else {
          throw .outOfRange(
            layer: layer.name, what: "the residual's scale is \(ratio) times the output's")
        }
        record.epilogue = EpilogueKind.add.rawValue
        record.multiplierA = Int32(multiplier)
        zeroPoint -= Double(other.zeroPoint) * multiplier * exp2(-13)
      }
      quantizer = ChannelQuantizer(
        inputScale: Double(input.scale), inputZeroPoint: Int(input.zeroPoint),
        outputScale: Double(result.scale), zeroPoint: zeroPoint)
    }
    output = ChannelBlocks.Output(
      lo: bounds.lo, hi: bounds.hi, zeroPoint: Int(result.zeroPoint),
      swishMultiplier: swishMultiplier)
  }

  /// Quantizes all output channels.
  ///
  /// - Parameter weights: as many per channel as there are in all divided by `bias.count`.
  /// - Throws: `ConvertError.outOfRange` when a channel has no scale that fits.
  func quantize(
    weights: [Float], bias: [Float], layer: FusedLayer
  ) throws(ConvertError) -> [QuantizedChannel] {
    let perChannel = weights.count / max(bias.count, 1)
    let scaled = gain == 1 ? weights : weights.map { Float(Double($0) * gain) }
    var channels: [QuantizedChannel] = []
    channels.reserveCapacity(bias.count)
    for channel in bias.indices {
      let slice = scaled[channel * perChannel..<(channel + 1) * perChannel]
      let real = Double(bias[channel]) * gain + offset
      guard let quantized = quantizer.quantize(weights: slice, bias: real) else {
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
