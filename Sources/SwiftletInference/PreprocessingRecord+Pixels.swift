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

extension PixelLayout {
  /// The layout of an input's pixels.
  public init(_ format: PixelFormat) {
    switch format {
    case .gray: self = .grey
    case .rgb: self = .rgb
    case .bgr: self = .bgr
    case .rgba: self = .rgba
    }
  }
}

extension PreprocessingRecord {
  /// What a bundle holds of a geometry, a normalization and its input's quantization.
  ///
  /// - Parameters:
  ///   - input: the input's number.
  ///   - format: which channels the input has, in which order.
  ///   - geometry: how a picture of any size becomes one of the input's.
  ///   - normalization: of each channel, in the same order.
  ///   - quantization: the input's scale and zero point.
  public init(
    input: Int = 0, format: PixelFormat = .rgb, _ geometry: Preprocessing,
    _ normalization: Normalization, _ quantization: QuantizationRecord
  ) {
    self.init(
      input: UInt32(input), format: format, resize: UInt32(geometry.resize),
      cropHeight: UInt32(geometry.cropHeight), cropWidth: UInt32(geometry.cropWidth),
      interpolation: Interpolation(geometry.filter), mean: normalization.mean,
      deviation: normalization.deviation,
      tables: PixelTables(normalization, quantization).bytes)
  }

  /// How a picture of any size becomes one of the input's.
  public var geometry: Preprocessing {
    Preprocessing(
      resize: Int(resize), cropWidth: Int(cropWidth), cropHeight: Int(cropHeight),
      filter: ResizeFilter(interpolation))
  }

  /// The normalization that its tables hold.
  public var normalization: Normalization { Normalization(mean: mean, deviation: deviation) }
}
