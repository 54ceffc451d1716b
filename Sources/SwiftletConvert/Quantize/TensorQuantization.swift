import Foundation
import SwiftletGraph
import SwiftletRuntime

/// The scale and zero point of every stored value, adjusted to what the integer formats can hold.
struct TensorQuantization {
  private(set) var records: [ValueID: QuantizationRecord] = [:]
  /// h-swish layers: fraction bits f of the 16-bit pre-activation, by output value.
  private(set) var swishFractionBits: [ValueID: Int] = [:]

  /// The record of a stored value.
  subscript(value: ValueID) -> QuantizationRecord {
    guard let record = records[value] else {
      preconditionFailure("value \(value.index) is not stored")
    }
    return record
  }

  /// Goes through the layers in order, so that each sees its inputs' final scales.
  init(
    _ network: FusedNetwork, ranges: [ValueID: ClosedRange<Double>], calibration: Calibration
  ) {
    for port in network.graph.inputs {
      records[port.value] = ActivationQuantizer.parameters(covering: ranges[port.value] ?? 0...1)
    }
    for layer in network.layers {
      var record: QuantizationRecord
      if layer.isGate {
        record = ActivationQuantizer.gate
      } else if layer.hasFixedOutput {
        record = self[layer.inputs[0]]
      } else {
        record = ActivationQuantizer.parameters(covering: ranges[layer.output] ?? 0...1)
      }
      if layer.activation == .hardSwish {
        let greatest = calibration.histograms[layer.preActivation]?.range.upperBound ?? 0
        let bits = Self.fractionBits(
          layer, greatest: greatest, inputScale: Double(self[layer.inputs[0]].scale),
          outputScale: Double(record.scale))
        swishFractionBits[layer.output] = bits
        record = ActivationQuantizer.widened(record, toScale: 16 / (3 * exp2(Double(bits))) * 1.001)
      } else if !layer.hasFixedOutput {
        record = adjusted(record, layer: layer, graph: network.graph)
      }
      records[layer.output] = record
    }
  }

  /// f: the largest ≤ 12 that holds the pre-activation with a factor of two to spare.
  ///
  /// Only the positive side counts: below −3 the gate is zero, so saturation there is harmless.
  /// f shrinks further where a channel's multiplier (shift ≥ −7) or the output multiplier
  /// (output shift ≤ 7) needs it.
  static func fractionBits(
    _ layer: FusedLayer, greatest: Double, inputScale: Double, outputScale: Double
  ) -> Int {
    var bits = 12
    while bits > 0 && max(greatest, 3) >= exp2(Double(14 - bits)) { bits -= 1 }
    let largest = layer.largestWeight / 127
    while bits > 0 && inputScale * largest * exp2(Double(bits)) >= 127 { bits -= 1 }
    while bits > 0 && 4 / (3 * exp2(Double(bits)) * outputScale) < exp2(-8) { bits -= 1 }
    return bits
  }

  /// `record` with a scale that the layer's multipliers can express.
  private func adjusted(
    _ record: QuantizationRecord, layer: FusedLayer, graph: Graph
  ) -> QuantizationRecord {
    let inputScale = Double(self[layer.inputs[0]].scale)
    switch layer.kind {
    case .convolution, .fullyConnected:
      var least = inputScale * layer.largestWeight / 127 / 1.99
      if let skip = layer.skip { least = max(least, Double(self[skip].scale) / 1.99) }
      return ActivationQuantizer.widened(record, toScale: least)
    case .averagePool, .globalAveragePool:
      return ActivationQuantizer.widened(record, toScale: inputScale / 1.99)
    case .multiply:
      // m · 2^−F = s_x · 2¹⁶ / (255 · s_y) with F from 2 to 7.
      let widened = ActivationQuantizer.widened(record, toScale: inputScale / 31)
      return Double(widened.scale) > inputScale * 2
        ? QuantizationRecord(scale: Float(inputScale * 2), zeroPoint: record.zeroPoint) : widened
    case .add:
      let scale = layer.inputs.map { Double(self[$0].scale) }.max() ?? inputScale
      return ActivationQuantizer.widened(record, toScale: scale / 16000)
    case .maxPool, .concat, .lookup: return record
    }
  }
}

extension FusedLayer {
  /// The largest weight in magnitude; 0 for layers without weights.
  var largestWeight: Double {
    switch kind {
    case .convolution(let conv): Double(conv.weights.reduce(0) { max($0, abs($1)) })
    case .fullyConnected(let linear): Double(linear.weights.reduce(0) { max($0, abs($1)) })
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat, .lookup: 0
    }
  }
}
