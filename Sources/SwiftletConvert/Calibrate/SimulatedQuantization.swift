import SwiftletGraph
import SwiftletRuntime

extension FloatTensor {
  /// The values after a round trip through int8.
  func quantized(by scales: ActivationScales) -> FloatTensor {
    var copy = self
    let channels = scales.records.count
    copy.values.withUnsafeMutableBufferPointer { values in
      for channel in 0..<channels {
        let record = scales.records[channel]
        let inverse = 1 / record.scale
        let low = Float(-128 - record.zeroPoint)
        let high = Float(127 - record.zeroPoint)
        for index in stride(from: channel, to: values.count, by: channels) {
          let level = (values[index] * inverse + 0.5).rounded(.down)
          values[index] = min(max(level, low), high) * record.scale
        }
      }
    }
    return copy
  }
}
