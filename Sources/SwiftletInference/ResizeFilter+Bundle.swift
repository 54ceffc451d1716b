import SwiftletPixels
import SwiftletRuntime

extension ResizeFilter {
  /// The filter that a bundle's interpolation means.
  public init(_ interpolation: Interpolation) {
    switch interpolation {
    case .nearest: self = .nearest
    case .bilinear: self = .bilinear
    case .bicubic: self = .bicubic
    }
  }
}

extension Interpolation {
  /// How a bundle says which filter resizes its images.
  public init(_ filter: ResizeFilter) {
    switch filter {
    case .nearest: self = .nearest
    case .bilinear: self = .bilinear
    case .bicubic: self = .bicubic
    }
  }
}

extension PreprocessingRecord {
  /// What a bundle holds of a geometry, a normalization and its input's quantization.
  public init(
    _ geometry: Preprocessing, _ normalization: Normalization, _ quantization: QuantizationRecord
  ) {
    self.init(
      resize: UInt32(geometry.resize), cropHeight: UInt32(geometry.cropHeight),
      cropWidth: UInt32(geometry.cropWidth), interpolation: Interpolation(geometry.filter),
      mean: normalization.mean, deviation: normalization.deviation,
      tables: PixelTables(normalization, quantization).bytes)
  }

  /// The normalization that its tables hold.
  public var normalization: Normalization { Normalization(mean: mean, deviation: deviation) }
}
