import SwiftletCompare
import SwiftletImport
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
    "--crop", size: "PIXELS|WxH", in: 1...4096, "the centre crop, equal to --input (the default)")
  private static let mean = Option(
    "--mean", channels: "r,g,b", counts: [1, 3, 4],
    "replaces the preset's mean, on the scale 0 to 1; one number for grey",
    wanted: "a number for each channel")
  private static let std = Option(
    "--std", channels: "r,g,b", counts: [1, 3, 4],
    "replaces the preset's deviation, on the same scale",
    wanted: "a number above 0 for each channel"
  ) { $0 > 0 }
  private static let interpolation = Option(
    "--interpolation", value: "FILTER",
    choices: [
      ("bilinear", ResizeFilter.bilinear), ("bicubic", .bicubic), ("nearest", .nearest),
    ], "bilinear (default), bicubic or nearest, as in Pillow")

  /// What the options say of images for a network.
  ///
  /// - Parameters:
  ///   - arguments: of the command.
  ///   - input: the network's image.
  ///   - known: the image's channels: 1, 3 or 4; nil: not known yet.
  /// - Throws: what is wrong with an option.
  init(
    _ arguments: Arguments, input: InputSize, channels known: Int? = nil
  ) throws(UsageError) {
    let crop = try arguments[Self.crop].map { InputSize(width: $0.width, height: $0.height) }
    if let crop, crop != input {
      throw UsageError(
        "--crop \(crop) and the input of \(input) differ; the crop is what the network sees, so "
          + "give --input \(crop) or leave --crop out")
    }
    let longer = max(input.width, input.height)
    let resize = try Self.resize(arguments, input)
    guard resize == 0 || resize >= min(input.width, input.height) else {
      throw UsageError(
        "--resize \(resize) is smaller than the crop of \(input); give at least \(longer), or 0 to "
          + "squash the whole image")
    }
    let mean = try arguments[Self.mean]
    let deviation = try arguments[Self.std]
    let channels = known ?? (mean ?? deviation)?.count ?? 3
    guard let layout = PixelLayout(channels: channels) else {
      preconditionFailure("networks of 1, 3 and 4 channels are built")
    }
    let usual = (try arguments[Self.preset] ?? .imageNet).of(channels: channels)
    for case (let option, let numbers?) in [("--mean", mean), ("--std", deviation)]
    where numbers.count != channels {
      throw UsageError(
        "\(option) has \(Text.counted(numbers.count, "number")), but the image has "
          + Text.counted(channels, "channel"))
    }
    try Self.requireUnitScale(mean: mean, deviation: deviation)
    let filter = try arguments[Self.interpolation] ?? .bilinear
    pipeline = ImagePipeline(
      geometry: Preprocessing(
        resize: resize, cropWidth: input.width, cropHeight: input.height, filter: filter),
      normalization: Normalization(
        mean: mean ?? usual.mean, deviation: deviation ?? usual.deviation),
      layout: layout)
  }

  /// The short side before the crop. Of an image that is no square nothing is usual but the whole
  /// picture.
  private static func resize(
    _ arguments: Arguments, _ input: InputSize
  ) throws(UsageError) -> Int {
    if let given = try arguments[Self.resize] { return given }
    guard input.width == input.height else { return 0 }
    return Int((Double(input.width) * 256 / 224).rounded())
  }

  /// Refuses what can only be meant for pixels from 0 to 255: no mean of values from 0 to 1 is above 1,
  /// nor is their deviation.
  private static func requireUnitScale(mean: [Float]?, deviation: [Float]?) throws(UsageError) {
    // Above 255 a deviation is of neither scale; it makes every input almost the same, as it says.
    let given = [("--mean", mean), ("--std", deviation)].filter { name, values in
      values?.contains { $0 > 1 && ($0 <= 255 || name == "--mean") } == true
    }
    guard let (option, values) = given.first, let values else { return }
    // A deviation of 1 beside means of bytes is of bytes too.
    let meant = [("--mean", mean), ("--std", deviation)].compactMap { name, values -> String? in
      guard let values else { return nil }
      let isOfBytes = values.contains { name == "--mean" ? $0 > 1 : $0 >= 1 }
      return "\(name) " + text(isOfBytes ? values.map { $0 / 255 } : values)
    }
    let found = values.map { "\($0)" }.joined(separator: ",")
    throw UsageError(
      "\(option) \(found) is on the scale 0 to 255, but pixels count from 0 to 1 here; "
        + "divide by 255: \(meant.joined(separator: " "))")
  }

  /// Numbers as an option takes them, with six decimals at most.
  private static func text(_ values: [Float]) -> String {
    values.map { value in
      var digits = Text.fixed(Double(value), 6)
      while digits.last == "0" { digits.removeLast() }
      if digits.last == "." { digits.removeLast() }
      return digits
    }.joined(separator: ",")
  }

  /// The record for an input of this quantization.
  func record(_ quantization: QuantizationRecord) -> PreprocessingRecord {
    PreprocessingRecord(
      format: PixelFormat(pipeline.layout), pipeline.geometry, pipeline.normalization, quantization)
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

extension PixelFormat {
  /// How a bundle says what an input's pixels are.
  fileprivate init(_ layout: PixelLayout) {
    switch layout {
    case .grey: self = .gray
    case .rgb: self = .rgb
    case .bgr: self = .bgr
    case .rgba, .bgra: self = .rgba
    }
  }
}

extension Normalization {
  /// The same for images of other channels: grey takes the mean of the colours, as timm does, and
  /// opacity goes from 0 to 1.
  fileprivate func of(channels: Int) -> Normalization {
    func average(_ numbers: [Float]) -> Float { numbers.reduce(0, +) / Float(numbers.count) }
    switch channels {
    case 1: return Normalization(mean: [average(mean)], deviation: [average(deviation)])
    case 4: return Normalization(mean: mean + [0], deviation: deviation + [1])
    default: return self
    }
  }
}
