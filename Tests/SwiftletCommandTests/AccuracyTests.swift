import Foundation
import SwiftletTestSupport
import Testing

/// A trained network, what it was trained on and what it scores in float.
private struct TrainedNetwork: Sendable, CustomTestStringConvertible {
  /// The file in the data's folder `weights`.
  let file: String
  let network: [String]
  let preprocessing: [String]
  /// The folder of images, with `calibration.csv` and `evaluation.csv`.
  let images: String
  /// Top-1 on `evaluation.csv`, measured with PyTorch.
  let published: Double
  /// How much of it int8 may lose.
  let tolerance: Double

  var testDescription: String { file }
}

private let cifar = [
  "--resize", "64", "--crop", "64", "--mean", "0.4914,0.4822,0.4465", "--std",
  "0.2470,0.2435,0.2616",
]

private let trainedNetworks = [
  TrainedNetwork(
    file: "v1_0.25_224_imagenet.keras_names.safetensors",
    network: ["--arch", "mobilenet_v1", "--width", "0.25", "--padding", "same"],
    preprocessing: ["--preprocess", "keras", "--resize", "256", "--crop", "224"],
    images: "imagenet", published: 0.6652, tolerance: 0.01),
  TrainedNetwork(
    file: "cifar10_mobilenet_v2_w0.5.pt",
    network: ["--arch", "mobilenet_v2", "--width", "0.5", "--input", "64"], preprocessing: cifar,
    images: "cifar10", published: 0.8175, tolerance: 0.01),
  TrainedNetwork(
    file: "cifar10_mobilenet_v3_small.pt",
    network: ["--arch", "mobilenet_v3_small", "--input", "64"], preprocessing: cifar,
    images: "cifar10", published: 0.8225, tolerance: 0.015),
]

/// Whether the tests below are worth their time: a debug build needs many minutes for them.
private let isOptimised: Bool = {
  #if DEBUG
    false
  #else
    true
  #endif
}()

@Suite(
  "Accuracy", .serialized,
  .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.missing)),
  .disabled(if: isEmulated, "emulation is too slow for thousands of images"),
  .enabled(if: isOptimised, "a debug build is too slow for thousands of images"),
  .enabled(if: program != nil, "the program was not built beside the tests"))
struct AccuracyTests {
  /// Float must score what PyTorch does (images are resized a little differently), and int8 must
  /// stay close.
  @Test(arguments: trainedNetworks) fileprivate func topOne(_ test: TrainedNetwork) throws {
    try withTemporaryFolder { folder in
      let weights = SharedData.path("weights/" + test.file)
      let bundle = folder + "/network.swiftlet"
      let images = SharedData.path(test.images)
      let converted = try swiftlet(
        ["convert", weights, "-o", bundle, "--calibrate", images + "/calibration.csv"]
          + ["--calibration-count", "256"] + test.network + test.preprocessing)
      try #require(converted.status == 0, "\(converted.errors)")
      let compared = try swiftlet(
        ["compare", weights, bundle, "--images", images + "/evaluation.csv", "--json"]
          + test.network)
      try #require(compared.status == 0, "\(compared.errors)")
      let float = try #require(Self.topOne(compared, "float"))
      let integer = try #require(Self.topOne(compared, "int8"))
      #expect(abs(float - test.published) <= 0.003, "float \(float), \(test.published) by PyTorch")
      #expect(float - integer <= test.tolerance, "int8 \(integer), float \(float)")
    }
  }

  private static func topOne(_ outcome: Outcome, _ part: String) -> Double? {
    (outcome.json?[part] as? [String: Any])?["top1"] as? Double
  }
}
