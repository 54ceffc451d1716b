import SwiftletPlatform
import SwiftletRuntime

/// A network in integers, ready to be written as a bundle.
public struct ConvertedNetwork: Sendable {
  private var sections: BundleSections
  /// How images become the input tensor, if the input is an image.
  public var preprocessing: PreprocessingRecord?
  /// One class name per output, or empty.
  public var labels: [String] = []
  /// Where the bundle comes from, in the order it is shown.
  public var provenance: [(key: String, value: String)] = []
  /// What the user should know, a sentence each.
  public let notes: [String]
  /// The scale and zero point of the first input.
  public let inputQuantization: QuantizationRecord
  /// How many operations the bundle has.
  public var operationCount: Int { sections.operations.count }
  /// The size of all packed weights in bytes.
  public var weightBytes: Int { sections.weights.count }

  init(sections: BundleSections, notes: [String], inputQuantization: QuantizationRecord) {
    self.sections = sections
    self.notes = notes
    self.inputQuantization = inputQuantization
  }

  /// The bytes of the bundle file.
  public func encoded() -> [UInt8] {
    var complete = sections
    complete.setPreprocessing(preprocessing)
    complete.setLabels(labels)
    complete.setProvenance(provenance)
    return complete.encoded()
  }

  /// Writes the bundle atomically.
  ///
  /// - Returns: the file's length in bytes.
  /// - Throws: `ConvertError.cannotWrite`, `.tooLarge` or `.notLoadable`; no partial file is left.
  public func write(to path: String) throws(ConvertError) -> Int {
    let bytes = encoded()
    guard bytes.count <= BundleLayout.maximumFileLength else {
      throw .tooLarge(bytes: bytes.count, limit: BundleLayout.maximumFileLength)
    }
    // A name that is too long, say, must be noticed now and not on the board.
    let loading = bytes.withUnsafeBytes { buffer -> Result<Model, BundleError> in
      do throws(BundleError) { return .success(try Model(copying: buffer)) } catch {
        return .failure(error)
      }
    }
    if case .failure(let problem) = loading { throw .notLoadable(problem) }
    do throws(SystemError) {
      try AtomicFile.write(bytes, to: path)
    } catch {
      throw .cannotWrite(path: path, reason: String(cString: strerror(error.number)))
    }
    return bytes.count
  }
}
