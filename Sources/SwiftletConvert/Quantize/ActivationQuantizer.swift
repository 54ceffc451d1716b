import SwiftletRuntime

/// Asymmetric int8 quantization of activations: real = scale · (q − zeroPoint).
enum ActivationQuantizer {
  /// The scale and zero point that cover `range`, widened to hold zero, with 256 levels.
  ///
  /// Zero is represented exactly, so that padding and ReLU cost nothing. An empty range (a tensor
  /// that is always zero) gets the scale of a range of width 1.
  static func parameters(covering range: ClosedRange<Double>) -> QuantizationRecord {
    let low = min(range.lowerBound, 0)
    let high = max(range.upperBound, 0)
    let width = high - low
    guard width > 1e-12 else { return QuantizationRecord(scale: 1.0 / 255, zeroPoint: -128) }
    let scale = Float(width / 255)
    let zeroPoint = (-128 - low / Double(scale)).rounded(.toNearestOrAwayFromZero)
    return QuantizationRecord(scale: scale, zeroPoint: Int32(min(max(zeroPoint, -128), 127)))
  }

  /// The same zero point's place in the range with a scale of at least `scale`.
  static func widened(_ record: QuantizationRecord, toScale scale: Double) -> QuantizationRecord {
    Double(record.scale) >= scale
      ? record : QuantizationRecord(scale: Float(scale).nextUp, zeroPoint: record.zeroPoint)
  }

  /// What a gate (h-sigmoid, sigmoid) is stored with: 1 is exactly 127.
  static let gate = QuantizationRecord(scale: 1.0 / 255, zeroPoint: -128)
}

extension QuantizationRecord {
  /// The nearest int8 level of a real value, halves up, saturated.
  func quantize(_ real: Double) -> Int8 {
    let level = (real / Double(scale) + Double(zeroPoint) + 0.5).rounded(.down)
    return Int8(min(max(level, -128), 127))
  }

  /// The real value of a level.
  func dequantize(_ level: Int8) -> Double {
    Double(scale) * Double(Int(level) - Int(zeroPoint))
  }
}
