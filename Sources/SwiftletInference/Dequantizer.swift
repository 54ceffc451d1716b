import SwiftletRuntime

/// The real numbers that a tensor's int8 values stand for: scale · (q − zero point), with one pair
/// for all channels or one a channel.
public struct Dequantizer: Sendable {
  private let records: [QuantizationRecord]
  private let channels: Int

  /// The numbers of a tensor's values.
  public init(_ tensor: TensorInfo) {
    records = tensor.quantization
    channels = tensor.channels
  }

  /// Whether greater values stand for greater numbers across channels: one pair for all.
  var isUniform: Bool { records.count == 1 }

  /// The number that `value` stands for in `channel`.
  public func real(_ value: Int8, channel: Int) -> Float {
    let record = records[records.count == 1 ? 0 : channel]
    return record.scale * Float(Int32(value) - record.zeroPoint)
  }

  /// Writes the numbers of values in NHWC order, which start with the first channel.
  public func dequantize(
    _ values: UnsafeBufferPointer<Int8>, into numbers: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(numbers.count == values.count)
    if records.count == 1 {
      let (scale, zeroPoint) = (records[0].scale, records[0].zeroPoint)
      for index in 0..<values.count {
        numbers[index] = scale * Float(Int32(values[index]) - zeroPoint)
      }
      return
    }
    for start in stride(from: 0, to: values.count, by: channels) {
      for channel in 0..<channels {
        numbers[start + channel] = real(values[start + channel], channel: channel)
      }
    }
  }
}
