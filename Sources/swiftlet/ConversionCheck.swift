import SwiftletCompare
import SwiftletConvert
import SwiftletGraph
import SwiftletInference
import SwiftletPixels
import SwiftletPlatform
import SwiftletRunCommands
import SwiftletRuntime

/// Looks for signs that a bundle will not do what its float network does, on the images that it was
/// calibrated with.
struct ConversionCheck {
  /// Images on which int8 and float are compared, evenly spread. An int8 network takes about a
  /// millisecond for one, and float's answers are those of calibration.
  static let comparedImages = 64
  /// Images that both networks run on to find the layer that loses most, where that is asked for.
  static let searchedImages = 16
  /// Fewer different images than this say little of what others need, whatever they reach.
  static let fewImages = 3
  /// A smaller share of the variance of training is too little: measured on CIFAR-10's networks, the
  /// share is about 1 from 16 images on, and below a half agreement falls under 90 %.
  static let leastTrainingShare = 0.5
  /// A deviation of the pixels of an image below this, in levels of 255, shows nothing.
  static let leastContrast = 4.0

  private let converted: ConvertedNetwork
  private let samples: CalibrationSamples
  private let bundle: String
  private let threads: Int
  private let choseRanges: Bool

  /// Checks what was written to the file `bundle`, with so many threads; nil for all cores.
  /// `choseRanges`: whether ranges were chosen on the samples.
  init(
    _ converted: ConvertedNetwork, _ samples: CalibrationSamples, choseRanges: Bool,
    bundle: String, threads: Int?
  ) {
    self.choseRanges = choseRanges
    self.converted = converted
    self.samples = samples
    self.bundle = bundle
    self.threads = threads ?? min(64, Platform.processorCount)
  }

  /// What is doubtful, a sentence each. `reference` makes the float network once more, which is asked
  /// for only where a layer has to be found.
  func warnings(_ console: Console, reference: () throws -> Graph) -> [String] {
    [choseRanges ? poorSamples : nil, disagreement(console, reference)].compactMap { $0 }
  }

  /// Why ranges that were chosen on these samples will not do for other images.
  private var poorSamples: String? {
    var reasons: [String] = []
    let different = differentImages
    if different < Self.fewImages {
      reasons.append(
        different == samples.count
          ? "there \(different == 1 ? "is" : "are") only \(Text.counted(different, "image"))"
          : "only \(different) of \(samples.count) images differ from each other")
    }
    if let share = converted.trainingShare, share < Self.leastTrainingShare {
      reasons.append(
        "the network's values vary only \(Text.percent(share, 0)) as much over them as in training"
      )
    }
    let contrast = meanContrast
    if contrast < Self.leastContrast {
      reasons.append(
        "the pixels of an image differ by only \(Text.fixed(contrast, 1)) of 255 levels (standard "
          + "deviation)")
    }
    guard !reasons.isEmpty else { return nil }
    return
      "the calibration images say little of others: \(Text.list(reasons, "and")); values beyond "
      + "what they reach are cut off. Give 100 to 300 images like those the network will see, "
      + "preprocessed as in training"
  }

  /// How many there are, up to as many as are enough.
  private var differentImages: Int {
    var found: [PixelImage] = []
    for picture in samples.pictures where !found.contains(picture) {
      found.append(picture)
      if found.count == Self.fewImages { break }
    }
    return found.count
  }

  /// The mean over some images of the standard deviation of an image's pixels, each channel about its
  /// own mean, in levels.
  private var meanContrast: Double {
    let chosen = samples.pictures.spreadIndices(Self.comparedImages)
      .map { samples.pictures[$0] }
    return chosen.map(Self.contrast).reduce(0, +) / Double(max(1, chosen.count))
  }

  private static func contrast(_ picture: PixelImage) -> Double {
    let channels = picture.channels
    var sums = [Int](repeating: 0, count: channels)
    var squares = sums
    for start in stride(from: 0, to: picture.pixels.count, by: channels) {
      for channel in 0..<channels {
        let value = Int(picture.pixels[start + channel])
        sums[channel] += value
        squares[channel] += value * value
      }
    }
    let area = Double(picture.pixels.count / channels)
    let variance = zip(sums, squares).map { sum, square in
      Double(square) / area - Double(sum) / area * Double(sum) / area
    }
    return max(0, variance.reduce(0, +) / Double(channels)).squareRoot()
  }

  /// That int8 chooses another class too often, and where the loss is; nil if it does not.
  private func disagreement(_ console: Console, _ reference: () throws -> Graph) -> String? {
    let expected = converted.floatClasses
    guard expected.count == samples.count else { return nil }
    let chosen = samples.pictures.spreadIndices(Self.comparedImages)
    // The bundle has just been written; that it cannot be read is noticed by whoever runs it.
    guard let model = try? LoadedBundle(path: bundle, mapped: true).model,
      let network = try? BundleClassifier(model, threads: 1)
    else { return nil }
    var differing: [Int] = []
    for (done, place) in chosen.enumerated() {
      console.progress("checking", done: done, total: chosen.count)
      if network.bestClass(samples.pictures[place]) != expected[place] { differing.append(place) }
    }
    console.progress("checking", done: 1, total: 1)
    guard differing.count * 5 > chosen.count else { return nil }
    let share = Text.percent(Double(differing.count) / Double(chosen.count), 0)
    var text =
      "int8 and float choose a different class on \(differing.count) of "
      + "\(Text.counted(chosen.count, "calibration image")) (\(share))"
    if let worst = worstLayer(model, chosen, console, reference) {
      text += "; most is lost in \(worst.name) (\(worst.kind)"
      if let decibels = worst.decibels { text += ", SQNR \(Text.fixed(decibels, 1)) dB" }
      text += ")"
    }
    return text + "; 'swiftlet compare' measures every layer"
  }

  /// The layer that adds the most noise over some of the images.
  private func worstLayer(
    _ model: Model, _ chosen: [Int], _ console: Console, _ reference: () throws -> Graph
  ) -> LayerLoss? {
    // Without it the warning is worth as much: a model that came through a pipe is gone.
    guard let graph = try? reference(),
      let comparison = try? Comparison(graph, model, threads: threads)
    else { return nil }
    let places = chosen.prefix(Self.searchedImages)
    for (done, place) in places.enumerated() {
      console.progress("finding the worst layer", done: done, total: places.count)
      comparison.add(
        samples.pictures[place], of: DatasetImage(path: "sample \(place)", classIndex: nil))
    }
    console.progress("finding the worst layer", done: 1, total: 1)
    return comparison.result.worstLayer
  }
}
