import SwiftletRuntime

/// The quantization of one stored tensor: one scale and zero point, or one per channel.
struct ActivationScales: Sendable {
  /// One record, or one per channel.
  var records: [QuantizationRecord]
  /// Of a tensor that h-swish or a curve computes: how.
  var preactivation: Preactivation?

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

  /// The one record of a tensor that is not quantized per channel.
  var uniform: QuantizationRecord {
    precondition(records.count == 1, "a tensor with one scale")
    return records[0]
  }

  /// The same zero points with scales of at least `least` for each channel.
  func widened(toScale least: (Int) -> Double) -> ActivationScales {
    ActivationScales(
      channels: records.indices.map { channel in
        ActivationQuantizer.widened(records[channel], toScale: least(channel))
      })
  }
}
