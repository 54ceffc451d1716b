import SwiftletPlatform
import SwiftletRuntime

/// A network in integers, ready to be written as a bundle.
public struct ConvertedNetwork: Sendable {
  private let writer: BundleWriter
  private let meaning: OutputMeaning
  /// How images become inputs: at most one record an input, which says which.
  public var preprocessing: [PreprocessingRecord] = []
  /// One class name per output, or empty.
  public var labels: [String] = []
  /// Where the bundle comes from, in the order it is shown.
  public var provenance: [(key: String, value: String)] = []
  /// What the user should know, a sentence each.
  public let notes: [String]
  /// The scale and zero point of each input.
  public let inputQuantization: [QuantizationRecord]
  /// Of a classifier: the float network's best class for each calibration sample, in order. Of equal
  /// scores the lower class is taken.
  public let floatClasses: [Int]
  /// How much the network's values vary over the calibration samples, as a share of their variance in
  /// training, which batch normalisations keep: about 1 for images like those of training. The median
  /// over layers and channels; nil for a network without batch normalisations.
  public let trainingShare: Double?
  /// How many operations the bundle has.
  public var operationCount: Int { writer.operationCount }
  /// The size of all packed weights in bytes.
  public var weightBytes: Int { writer.weightsLength }

  init(
    writer: BundleWriter, meaning: OutputMeaning, notes: [String],
    inputQuantization: [QuantizationRecord], floatClasses: [Int], trainingShare: Double?
  ) {
    self.writer = writer
    self.meaning = meaning
    self.notes = notes
    self.inputQuantization = inputQuantization
    self.floatClasses = floatClasses
    self.trainingShare = trainingShare
  }

  /// The bundle file. The weights are not copied.
  public func bundle() -> BundleFile {
    var complete = writer
    for record in preprocessing { complete.addPreprocessing(record) }
    complete.setLabels(labels)
    complete.setProvenance(provenance)
    if let task { complete.addTask(task) }
    return complete.finish()
  }

  /// What the bundle says of its output.
  private var task: OutputTask? {
    let labels = 0..<labels.count
    switch meaning {
    case .numbers: return nil
    case .logits: return .classes(ClassesTask(output: 0, activation: .softmax, labels: labels))
    case .independentLogits:
      return .classes(ClassesTask(output: 0, activation: .sigmoid, labels: labels))
    case .features: return .vectors(VectorsTask(output: 0, isNormalized: false))
    }
  }

  /// Writes the bundle atomically.
  ///
  /// - Returns: the file's length in bytes.
  /// - Throws: `ConvertError.cannotWrite`, `.tooLarge` or `.notLoadable`; no partial file is left.
  public func write(to path: String) throws(ConvertError) -> Int {
    let bundle = bundle()
    guard bundle.count <= BundleLayout.maximumFileLength else {
      throw .tooLarge(bytes: bundle.count, limit: BundleLayout.maximumFileLength)
    }
    // A name that is too long, say, must be noticed now and not on the board.
    do throws(BundleError) {
      try bundle.verify()
    } catch {
      throw .notLoadable(error)
    }
    do throws(SystemError) {
      try AtomicFile.write(bundle.pieces, to: path)
    } catch {
      throw .cannotWrite(path: path, reason: String(cString: strerror(error.number)))
    }
    return bundle.count
  }
}
