import SwiftletCompare
import SwiftletImage
import SwiftletRunCommands
import SwiftletRuntime

/// The options that say how images become the input, and the record that a bundle keeps of them.
struct PreprocessingArguments {
  /// Geometry and normalisation.
  let pipeline: ImagePipeline
  private let interpolation: Interpolation

  static let options = [
    CommandOption(
      "--preprocess", value: "PRESET", words: presets,
      "torchvision (ImageNet mean and std; default), keras (−1 to 1) or unit (0 to 1)"),
    CommandOption(
      "--resize", value: "PIXELS",
      "the short side before the crop (default 256 for 224, else in proportion); 0: squash"),
    CommandOption("--crop", value: "PIXELS", "the centre crop, equal to --input (the default)"),
    CommandOption("--mean", value: "r,g,b", "replaces the preset's mean, on the scale 0 to 1"),
    CommandOption("--std", value: "r,g,b", "replaces the preset's deviation"),
    CommandOption(
      "--interpolation", value: "FILTER", words: filters,
      "bilinear (default), bicubic or nearest, as in Pillow"),
  ]

  private static let presets = ["torchvision", "keras", "unit"]
  private static let filters = ["bilinear", "bicubic", "nearest"]

  init(_ arguments: Arguments, input: Int) throws(UsageError) {
    let crop = try arguments.integer("--crop", in: 1...4096) ?? input
    guard crop == input else {
      throw UsageError(
        "--crop \(crop) and the input of \(input) differ; the crop is what the network sees, so "
          + "give --input \(crop) or leave --crop out")
    }
    let proportional = Int((Double(input) * 256 / 224).rounded())
    let resize = try arguments.integer("--resize", in: 0...8192) ?? proportional
    guard resize == 0 || resize >= crop else {
      throw UsageError(
        "--resize \(resize) is smaller than the crop of \(crop); give at least \(crop), or 0 to "
          + "squash the whole image")
    }
    let preset = try arguments.choice("--preprocess", Self.presets)
    let usual: (mean: [Float], deviation: [Float]) =
      switch preset {
      case "keras": ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
      case "unit": ([0, 0, 0], [1, 1, 1])
      default: ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
      }
    let mean = try arguments.triple("--mean", "three numbers")
    let deviation = try arguments.triple("--std", "three numbers above 0") { $0 > 0 }
    let filter: ResizeFilter
    switch try arguments.choice("--interpolation", Self.filters) {
    case "bicubic": (filter, interpolation) = (.bicubic, .bicubic)
    case "nearest": (filter, interpolation) = (.nearest, .nearest)
    default: (filter, interpolation) = (.bilinear, .bilinear)
    }
    pipeline = ImagePipeline(
      geometry: Preprocessing(resize: resize, cropWidth: crop, cropHeight: crop, filter: filter),
      mean: mean ?? usual.mean, deviation: deviation ?? usual.deviation)
  }

  /// The record with its tables: each pixel value normalised and quantized, rounding half up.
  func record(_ quantization: QuantizationRecord) -> PreprocessingRecord {
    var tables: [UInt8] = []
    tables.reserveCapacity(768)
    for channel in 0..<3 {
      for pixel in 0..<256 {
        let real = Double(pipeline.value(pixel, channel: channel))
        let steps = (real / Double(quantization.scale) + Double(quantization.zeroPoint) + 0.5)
          .rounded(.down)
        tables.append(UInt8(bitPattern: Int8(min(127, max(-128, steps)))))
      }
    }
    return PreprocessingRecord(
      resize: UInt32(pipeline.geometry.resize),
      cropHeight: UInt32(pipeline.geometry.cropHeight),
      cropWidth: UInt32(pipeline.geometry.cropWidth), interpolation: interpolation,
      mean: pipeline.mean, deviation: pipeline.deviation, tables: tables)
  }

  /// One line for people.
  var summary: String {
    let geometry = pipeline.geometry
    let size = "\(geometry.cropWidth)×\(geometry.cropHeight)"
    let resize =
      geometry.resize == 0
      ? "squashed to \(size) (\(interpolation))"
      : "short side to \(geometry.resize) (\(interpolation)), centre \(size)"
    let mean = pipeline.mean.map { "\($0)" }.joined(separator: ",")
    let deviation = pipeline.deviation.map { "\($0)" }.joined(separator: ",")
    return "\(resize), mean \(mean), std \(deviation)"
  }
}
