import SwiftletCompare
import SwiftletInference
import SwiftletPixels
import SwiftletRunCommands
import SwiftletRuntime

/// The options that say how images become the input, and the record that a bundle keeps of them.
struct PreprocessingArguments {
  /// Geometry and normalisation.
  let pipeline: ImagePipeline

  static let options: [any DeclaredOption] = [preset, resize, crop, mean, std, interpolation]

  private static let preset = Option(
    "--preprocess", value: "PRESET",
    choices: [
      ("torchvision", Normalization.imageNet), ("keras", .signedUnit), ("unit", .unit),
    ], "torchvision (ImageNet mean and std; default), keras (−1 to 1) or unit (0 to 1)")
  private static let resize = Option(
    "--resize", value: "PIXELS", in: 0...8192,
    "the short side before the crop (default 256 for 224, else in proportion); 0: squash")
  private static let crop = Option(
    "--crop", value: "PIXELS", in: 1...4096, "the centre crop, equal to --input (the default)")
  private static let mean = Option(
    "--mean", triple: "r,g,b", "replaces the preset's mean, on the scale 0 to 1",
    wanted: "three numbers")
  private static let std = Option(
    "--std", triple: "r,g,b", "replaces the preset's deviation", wanted: "three numbers above 0"
  ) { $0 > 0 }
  private static let interpolation = Option(
    "--interpolation", value: "FILTER",
    choices: [
      ("bilinear", ResizeFilter.bilinear), ("bicubic", .bicubic), ("nearest", .nearest),
    ], "bilinear (default), bicubic or nearest, as in Pillow")

  init(_ arguments: Arguments, input: Int) throws(UsageError) {
    let crop = try arguments[Self.crop] ?? input
    guard crop == input else {
      throw UsageError(
        "--crop \(crop) and the input of \(input) differ; the crop is what the network sees, so "
          + "give --input \(crop) or leave --crop out")
    }
    let proportional = Int((Double(input) * 256 / 224).rounded())
    let resize = try arguments[Self.resize] ?? proportional
    guard resize == 0 || resize >= crop else {
      throw UsageError(
        "--resize \(resize) is smaller than the crop of \(crop); give at least \(crop), or 0 to "
          + "squash the whole image")
    }
    let usual = try arguments[Self.preset] ?? .imageNet
    let mean = try arguments[Self.mean]
    let deviation = try arguments[Self.std]
    let filter = try arguments[Self.interpolation] ?? .bilinear
    pipeline = ImagePipeline(
      geometry: Preprocessing(resize: resize, cropWidth: crop, cropHeight: crop, filter: filter),
      normalization: Normalization(
        mean: mean ?? usual.mean, deviation: deviation ?? usual.deviation))
  }

  /// The record for an input of this quantization.
  func record(_ quantization: QuantizationRecord) -> PreprocessingRecord {
    PreprocessingRecord(pipeline.geometry, pipeline.normalization, quantization)
  }

  /// One line for people.
  var summary: String {
    let geometry = pipeline.geometry
    let size = "\(geometry.cropWidth)×\(geometry.cropHeight)"
    let resize =
      geometry.resize == 0
      ? "squashed to \(size) (\(geometry.filter))"
      : "short side to \(geometry.resize) (\(geometry.filter)), centre \(size)"
    let mean = pipeline.normalization.mean.map { "\($0)" }.joined(separator: ",")
    let deviation = pipeline.normalization.deviation.map { "\($0)" }.joined(separator: ",")
    return "\(resize), mean \(mean), std \(deviation)"
  }
}
