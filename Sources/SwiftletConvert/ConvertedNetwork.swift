import SwiftletPlatform
import SwiftletRuntime

/// A network in integers, ready to be written as a bundle.
public struct ConvertedNetwork: Sendable {
  private let writer: BundleWriter
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
  public var operationCount: Int { writer.operationCount }
  /// The size of all packed weights in bytes.
  public var weightBytes: Int { writer.weightsLength }

  init(writer: BundleWriter, notes: [String], inputQuantization: QuantizationRecord) {
    self.writer = writer
    self.notes = notes
    self.inputQuantization = inputQuantization
  }

  /// The bundle file.
  private var file: BundleFile {
    var complete = writer
    if let preprocessing { complete.addPreprocessing(preprocessing) }
    complete.setLabels(labels)
    complete.setProvenance(provenance)
    return complete.finish()
  }

  /// The bytes of the bundle file.
  public func encoded() -> [UInt8] { Array(file.pieces.joined()) }

  /// Writes the bundle atomically.
  ///
  /// - Returns: the file's length in bytes.
  /// - Throws: `ConvertError.cannotWrite`, `.tooLarge` or `.notLoadable`; no partial file is left.
  public func write(to path: String) throws(ConvertError) -> Int {
    let file = file
    guard file.count <= BundleLayout.maximumFileLength else {
      throw .tooLarge(bytes: file.count, limit: BundleLayout.maximumFileLength)
    }
    // A name that is too long, say, must be noticed now and not on the board.
    do throws(BundleError) { try file.verify() } catch { throw .notLoadable(error) }
    do throws(SystemError) {
      try AtomicFile.write(file.pieces, to: path)
    } catch {
      throw .cannotWrite(path: path, reason: String(cString: strerror(error.number)))
    }
    return file.count
  }
}
