import SwiftletGraph
import SwiftletRuntime

/// The quantization of one stored tensor: one scale and zero point, or one per channel.
struct ActivationScales: Sendable {
  /// One record, or one per channel.
  var records: [QuantizationRecord]

  /// One scale and zero point for all channels.
  init(_ record: QuantizationRecord) {
    records = [record]
  }

  /// One record per channel.
  init(channels records: [QuantizationRecord]) {
    self.records = records
  }

  /// The record of a channel.
  subscript(channel: Int) -> QuantizationRecord {
    records.count == 1 ? records[0] : records[channel]
  }

  /// The same zero points with scales of at least `least` for each channel.
  func widened(toScale least: (Int) -> Double) -> ActivationScales {
    ActivationScales(
      channels: records.indices.map { channel in
        ActivationQuantizer.widened(records[channel], toScale: least(channel))
      })
  }
}

/// Where one scale per channel is possible: tensors that only depthwise convolutions read.
///
/// A depthwise convolution never adds channels up, so each channel's scale goes into that channel's
/// multiplier and costs nothing. Channels of very different ranges that share a scale are what
/// breaks MobileNets in int8.
enum PerChannel {
  /// A channel's range is at least this part of the tensor's: h-swish has one output shift for all
  /// channels, so their multipliers keep log₂ of it fewer bits.
  private static let leastShare = 1.0 / 16

  /// The values of `network` that may have a scale per channel.
  static func values(_ network: FusedNetwork) -> Set<ValueID> {
    var result: Set<ValueID> = []
    for layer in network.layers where layer.skip == nil && !layer.hasFixedOutput {
      guard case .convolution = layer.kind else { continue }
      let readers = network.layers.filter { $0.reads.contains(layer.output) }
      let isOutput = network.outputs.contains { $0.value == layer.output }
      if !isOutput && !readers.isEmpty && readers.allSatisfy(\.isDepthwise) {
        result.insert(layer.output)
      }
    }
    return result
  }

  /// Scales for a tensor whose values lie within `range` and whose channels lie within
  /// `channels`; one scale when `channels` is nil.
  static func scales(
    covering range: ClosedRange<Double>, channels: [ClosedRange<Double>]?
  ) -> ActivationScales {
    guard let channels else {
      return ActivationScales(ActivationQuantizer.parameters(covering: range))
    }
    let low = min(range.lowerBound, 0)
    let high = max(range.upperBound, 0)
    return ActivationScales(
      channels: channels.map { seen in
        let channelLow = max(low, min(seen.lowerBound, low * leastShare))
        let channelHigh = min(high, max(seen.upperBound, high * leastShare))
        return ActivationQuantizer.parameters(covering: channelLow...channelHigh)
      })
  }
}

extension FusedLayer {
  /// Whether this is a depthwise convolution.
  var isDepthwise: Bool {
    if case .convolution(let conv) = kind { return conv.isDepthwise }
    return false
  }

  /// The largest weight in magnitude of each output channel; empty for layers without weights.
  var largestWeights: [Double] {
    let (weights, count): ([Float], Int)
    switch kind {
    case .convolution(let conv): (weights, count) = (conv.weights, conv.outputChannels)
    case .fullyConnected(let linear): (weights, count) = (linear.weights, linear.outputCount)
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat, .lookup: return []
    }
    let perChannel = weights.count / max(count, 1)
    return (0..<count).map { channel in
      let slice = weights[channel * perChannel..<(channel + 1) * perChannel]
      return Double(slice.reduce(0) { max($0, abs($1)) })
    }
  }

  /// The largest weight in magnitude; 0 for layers without weights.
  var largestWeight: Double { largestWeights.max() ?? 0 }
}
