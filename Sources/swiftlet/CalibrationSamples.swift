import SwiftletCompare
import SwiftletDigest
import SwiftletGraph
import SwiftletImage
import SwiftletPixels
import SwiftletPlatform
import SwiftletRunCommands

/// The inputs that a conversion is calibrated with.
struct CalibrationSamples {
  /// Resized and cropped: a quarter of the bytes of their tensors.
  let pictures: [PixelImage]
  /// For each picture its image's place in the list; of noise none.
  let rows: [Int]
  private let pipeline: ImagePipeline
  /// For people and for the bundle's provenance, for example `256 of 400 images of train.csv`.
  let source: String
  /// SHA-256 of the resized and cropped pixels of all samples in order.
  let digest: String
  /// What is doubtful about them, a sentence each without a full stop.
  let warnings: [String]

  /// How many there are.
  var count: Int { pictures.count }

  /// One element per sample, each the network's only input, made whenever it is asked for.
  var tensors: LazyMapSequence<[PixelImage], [FloatTensor]> {
    pictures.lazy.map { [pipeline] in [pipeline.tensor($0)] }
  }

  /// More memory than this for samples is refused.
  static let memoryLimit = 8 << 30
  /// More images that cannot be read are counted, not named.
  private static let shownFailures = 10

  private static func checkMemory(
    _ count: Int, _ pipeline: ImagePipeline, _ source: String
  ) throws(WorkFailure) {
    let geometry = pipeline.geometry
    let bytes = count * geometry.cropWidth * geometry.cropHeight * 3
    let need =
      "\(source): \(count) calibration images of \(geometry.cropWidth)×\(geometry.cropHeight) "
      + "need \(Text.bytes(bytes)) of memory"
    guard bytes <= memoryLimit else {
      throw WorkFailure(
        "\(need); at most \(Text.bytes(memoryLimit)) are used, so give a smaller "
          + "--calibration-count")
    }
    guard Memory.isAvailable(bytes) else {
      throw WorkFailure(
        "\(need), which are not available; give a smaller --calibration-count")
    }
  }

  /// Up to this share of the images may be unreadable; they are named and left out.
  private static let toleratedFailures = 0.05

  /// Reads `count` images, evenly spread over the dataset. A few that cannot be read are named and left
  /// out.
  ///
  /// - Throws: `WorkFailure` after naming the first images that cannot be read, if they are too many.
  static func read(
    _ dataset: Dataset, count: Int, _ pipeline: ImagePipeline, _ console: Console
  ) throws(WorkFailure) -> CalibrationSamples {
    let chosen = dataset.images.spreadIndices(count)
    try checkMemory(chosen.count, pipeline, dataset.path)
    var pipeline = pipeline
    var pictures: [PixelImage] = []
    var rows: [Int] = []
    pictures.reserveCapacity(chosen.count)
    var hash = SHA256()
    var failures = 0
    for (index, row) in chosen.enumerated() {
      console.progress("reading images", done: index, total: chosen.count)
      let path = dataset.images[row].path
      do throws(ImageError) {
        let picture = try pipeline.picture(path)
        picture.pixels.withUnsafeBytes { hash.update($0) }
        pictures.append(picture)
        rows.append(row)
      } catch {
        failures += 1
        if failures <= shownFailures { console.error("\(path): \(error)") }
      }
    }
    console.progress("reading images", done: 1, total: 1)
    let wanted = Text.counted(chosen.count, "calibration image")
    guard Double(failures) <= toleratedFailures * Double(chosen.count) else {
      throw WorkFailure(
        "\(dataset.path): \(failures) of \(wanted) cannot be read, more than "
          + "\(Text.percent(toleratedFailures, 0)); nothing was written")
    }
    let name = dataset.path.split(separator: "/").last.map(String.init) ?? dataset.path
    let total = Text.counted(dataset.images.count, "image")
    let source =
      pictures.count < dataset.images.count
      ? "\(pictures.count) of \(total) of \(name)" : "\(total) of \(name)"
    var warnings = dataset.remarks
    if failures > 0 {
      warnings.append("\(dataset.path): \(failures) of \(wanted) cannot be read and were left out")
    }
    return CalibrationSamples(
      pictures: pictures, rows: rows, pipeline: pipeline, source: source,
      digest: Hexadecimal.text(hash.finish()), warnings: warnings)
  }

  /// None, for a network that was quantized before.
  static func none(_ pipeline: ImagePipeline) -> CalibrationSamples {
    var nothing = SHA256()
    return CalibrationSamples(
      pictures: [], rows: [], pipeline: pipeline, source: "no images: the model states its scales",
      digest: Hexadecimal.text(nothing.finish()), warnings: [])
  }

  /// Seeded pictures of soft colour, for networks with random weights.
  static func noise(
    seed: UInt64, count: Int, _ pipeline: ImagePipeline
  ) throws(WorkFailure) -> CalibrationSamples {
    try checkMemory(count, pipeline, "random:\(seed)")
    var random = SplitMix64(seed: seed)
    var pictures: [PixelImage] = []
    var hash = SHA256()
    for _ in 0..<count {
      let grid = (0..<(6 * 6 * 3)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 56) }
      let picture = PixelImage(width: 6, height: 6, pixels: grid).resized(
        width: pipeline.geometry.cropWidth, height: pipeline.geometry.cropHeight, filter: .bicubic)
      picture.pixels.withUnsafeBytes { hash.update($0) }
      pictures.append(picture)
    }
    return CalibrationSamples(
      pictures: pictures, rows: [], pipeline: pipeline,
      source: "\(count) pictures of smooth noise, seed \(seed)",
      digest: Hexadecimal.text(hash.finish()), warnings: [])
  }
}
