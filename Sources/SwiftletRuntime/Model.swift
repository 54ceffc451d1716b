/// A bundle, loaded and verified: the file's bytes and what its records say, typed.
///
/// How it is run, an `Interpreter` plans, which knows for how many threads.
///
/// Immutable, so any number of interpreters on any threads may share one. Loading checks the
/// metadata's digest and every record; after that no weight bytes can make running unsafe.
/// The weights themselves are checked by `verifyContents`.
public final class Model: Sendable {
  let file: MappedFile
  let reader: BundleReader
  let tensors: [Tensor]
  let inputPorts: [Port]
  let outputPorts: [Port]
  let operations: [any Operation]

  private let preprocessingRecords: [PreprocessingRecord?]
  /// What the outputs mean, as far as the bundle says.
  public let tasks: [OutputTask]

  /// How the first input is made from an image; nil when the bundle does not say.
  public var preprocessing: PreprocessingRecord? { preprocessing(ofInput: 0) }

  /// How input number `input` is made from an image; nil when the bundle does not say.
  public func preprocessing(ofInput input: Int) -> PreprocessingRecord? {
    preprocessingRecords[input]
  }

  /// Loads the bundle at `path`.
  ///
  /// A mapped file must not be changed while it is in use; one that is truncated raises SIGBUS.
  /// With `mapped` false the file is read into memory instead, and may change.
  public convenience init(
    path: UnsafePointer<CChar>, mapped: Bool = true
  ) throws(BundleError) {
    try self.init(try MappedFile(path: path, mapped: mapped))
  }

  /// Loads a bundle from a copy of `bytes`.
  public convenience init(copying bytes: UnsafeRawBufferPointer) throws(BundleError) {
    try self.init(try MappedFile(copying: bytes))
  }

  init(_ file: MappedFile, checksDigest: Bool = true) throws(BundleError) {
    let reader = try BundleReader(file, checksDigest: checksDigest)
    let verifier = try Verifier(reader)
    self.file = file
    self.reader = reader
    tensors = verifier.tensors
    inputPorts = verifier.inputs
    outputPorts = verifier.outputs
    operations = verifier.operations
    preprocessingRecords = verifier.preprocessing
    tasks = verifier.tasks
  }

  /// Bytes of the file.
  public var fileLength: Int { file.count }

  /// Bytes of the packed weights.
  public var weightsLength: Int { reader.section(.weights).count }

  /// Multiply-accumulates of one run: convolutions and fully connected layers, padding included.
  public var macCount: Int64 {
    var sum: Int64 = 0
    for operation in operations { sum += operation.macCount }
    return sum
  }

  func string(_ range: StringRange) -> ByteView {
    reader.section(.strings).slice(Int(range.offset), Int(range.length))
  }
}
