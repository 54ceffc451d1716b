import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// The scales and zero points of every stored value, adjusted to what the integer formats can hold.
struct TensorQuantization {
  private var all: [ValueID: ActivationScales] = [:]
  /// h-swish layers: fraction bits f of the 16-bit pre-activation, by output value.
  private(set) var swishFractionBits: [ValueID: Int] = [:]

  /// The scales of a stored value.
  func scales(_ value: ValueID) -> ActivationScales {
    guard let scales = all[value] else {
      preconditionFailure("value \(value.index) is not stored")
    }
    return scales
  }

  /// The one scale and zero point of a stored value that is not quantized per channel.
  subscript(value: ValueID) -> QuantizationRecord {
    let records = scales(value).records
    precondition(records.count == 1, "value \(value.index) is quantized per channel")
    return records[0]
  }

  /// Goes through the layers in order, so that each sees its inputs' final scales.
  init(
    _ network: FusedNetwork, ranges: [ValueID: ClosedRange<Double>], calibration: Calibration
  ) {
    for port in network.graph.inputs {
      let range = ranges[port.value] ?? 0...1
      all[port.value] = ActivationScales(ActivationQuantizer.parameters(covering: range))
    }
    for layer in network.layers {
      let range = ranges[layer.output] ?? 0...1
      if layer.isGate {
        all[layer.output] = ActivationScales(ActivationQuantizer.gate)
      } else if layer.hasFixedOutput {
        all[layer.output] = scales(layer.inputs[0])
      } else {
        let wanted = PerChannel.scales(
          covering: range, channels: calibration.channelRanges[layer.output])
        all[layer.output] =
          layer.activation == .hardSwish
          ? adjustedForHardSwish(wanted, layer: layer, calibration: calibration)
          : adjusted(wanted, layer: layer)
      }
    }
  }

  /// Chooses h-swish's fraction bits and keeps its output multipliers below ¼.
  private mutating func adjustedForHardSwish(
    _ wanted: ActivationScales, layer: FusedLayer, calibration: Calibration
  ) -> ActivationScales {
    let greatest = calibration.histograms[layer.preActivation]?.range.upperBound ?? 0
    let finest = wanted.records.map { Double($0.scale) }.min() ?? 1
    let bits = Self.fractionBits(
      greatest: greatest, largestFactor: largestFactors(layer).max() ?? 0, outputScale: finest)
    swishFractionBits[layer.output] = bits
    let least = 16 / (3 * exp2(Double(bits))) * 1.001
    return wanted.widened { _ in least }
  }

  /// f: the largest ≤ 12 that holds the pre-activation with a factor of two to spare.
  ///
  /// Only the positive side counts: below −3 the gate is zero, so saturation there is harmless.
  /// f shrinks further where a channel's multiplier (shift ≥ −7) or the output multiplier
  /// (output shift ≤ 7) needs it.
  private static func fractionBits(
    greatest: Double, largestFactor: Double, outputScale: Double
  ) -> Int {
    var bits = 12
    while bits > 0 && max(greatest, 3) >= exp2(Double(14 - bits)) { bits -= 1 }
    while bits > 0 && largestFactor * exp2(Double(bits)) >= 127 { bits -= 1 }
    while bits > 0 && 4 / (3 * exp2(Double(bits)) * outputScale) < exp2(-8) { bits -= 1 }
    return bits
  }

  /// Input scale times weight scale of each output channel.
  private func largestFactors(_ layer: FusedLayer) -> [Double] {
    let input = scales(layer.inputs[0])
    return layer.largestWeights.enumerated().map { channel, weight in
      Double(input[layer.isDepthwise ? channel : 0].scale) * weight / 127
    }
  }

  /// `wanted` with scales that the layer's multipliers can express.
  private func adjusted(_ wanted: ActivationScales, layer: FusedLayer) -> ActivationScales {
    switch layer.kind {
    case .convolution, .fullyConnected:
      let factors = largestFactors(layer)
      let skip = layer.skip.map { Double(self[$0].scale) } ?? 0
      let largest = factors.max() ?? 0
      let isUniform = wanted.records.count == 1
      return wanted.widened { max(isUniform ? largest : factors[$0], skip) / 1.99 }
    case .averagePool, .globalAveragePool:
      let input = Double(self[layer.inputs[0]].scale)
      return wanted.widened { _ in input / 1.99 }
    case .multiply:
      // m · 2^−F = s_x · 2¹⁶ / (255 · s_y) with F from 2 to 7.
      let input = Double(self[layer.inputs[0]].scale)
      let record = wanted.widened { _ in input / 31 }[0]
      return ActivationScales(
        Double(record.scale) > input * 2
          ? QuantizationRecord(scale: Float(input * 2), zeroPoint: record.zeroPoint) : record)
    case .add:
      let largest = layer.inputs.map { Double(self[$0].scale) }.max() ?? 0
      return wanted.widened { _ in largest / 16000 }
    case .maxPool, .concat, .lookup: return wanted
    }
  }
}
