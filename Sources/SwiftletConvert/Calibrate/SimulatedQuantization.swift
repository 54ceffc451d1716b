import SwiftletGraph
import SwiftletRuntime

extension FloatTensor {
  /// The values after a round trip through int8.
  func quantized(by scales: ActivationScales) -> FloatTensor {
    var copy = self
    let channels = scales.records.count
    let records = scales.records
    // Four rows: what to multiply by, the limits, and the step of a level, for each channel.
    let parameters =
      records.map { 1 / $0.scale } + records.map { Float(-128 - $0.zeroPoint) }
      + records.map { Float(127 - $0.zeroPoint) } + records.map(\.scale)
    copy.values.withUnsafeMutableBufferPointer { values in
      parameters.withUnsafeBufferPointer { parameters in
        if channels == 1 {
          let (inverse, low) = (parameters[0], parameters[1])
          let (high, step) = (parameters[2], parameters[3])
          for index in 0..<values.count {
            values[index] = Self.level(values[index] * inverse, low, high) * step
          }
          return
        }
        for start in stride(from: 0, to: values.count, by: channels) {
          for channel in 0..<channels {
            let level = Self.level(
              values[start &+ channel] * parameters[channel], parameters[channels &+ channel],
              parameters[2 &* channels &+ channel])
            values[start &+ channel] = level * parameters[3 &* channels &+ channel]
          }
        }
      }
    }
    return copy
  }

  /// The nearest integer to `value`, halves up, within low…high, whose magnitude is at most 255.
  @inline(__always)
  private static func level(_ value: Float, _ low: Float, _ high: Float) -> Float {
    // Saturated first, which changes nothing as the limits are integers, so that rounding to the
    // nearest integer is an addition: the C library's floor is a call for each value.
    let saturated = min(max(value + 0.5, low), high)
    let nearest = saturated.nearestInteger
    return nearest > saturated ? nearest - 1 : nearest
  }
}
