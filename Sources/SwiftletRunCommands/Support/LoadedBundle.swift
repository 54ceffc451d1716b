import SwiftletInference
import SwiftletPlatform
import SwiftletRuntime

/// A bundle in memory, with its description in Swift strings.
public struct LoadedBundle: Sendable {
  /// The verified network.
  public let model: Model
  /// What it holds, for printing.
  public let info: BundleInfo

  /// Loads the bundle at `path`.
  ///
  /// - Throws: `WorkFailure` that names the file and what is wrong with it.
  public init(path: String, mapped: Bool) throws(WorkFailure) {
    if mapped {
      // A file that becomes shorter raises a signal where it is read, which may be anywhere.
      System.explainBusError(
        "\(path): could not be read any more while it was in use: it became shorter, or its disk "
          + "failed; give --no-map where that happens")
    }
    do throws(BundleError) {
      model = try Model(path: path, mapped: mapped)
    } catch {
      throw LoadedBundle.failure(path, error, operations: [])
    }
    // At most what the file's tables have, once more.
    let count = model.fileLength - model.weightsLength
    if !Memory.isAvailable(count) {
      throw WorkFailure(
        "\(path): its description needs \(count) bytes of memory, which are not available")
    }
    info = BundleInfo(path: path, model)
  }

  /// Checks what loading does not: digest, bounds and padding of the weights.
  public func verifyContents() throws(WorkFailure) {
    do throws(BundleError) {
      try model.verifyContents()
    } catch {
      throw LoadedBundle.failure(info.path, error, operations: info.operations)
    }
  }

  /// Bytes of memory that the tensors share when one thread runs the network.
  func arenaLength() throws(WorkFailure) -> Int {
    do throws(BundleError) {
      return try Interpreter.arenaLength(of: model)
    } catch {
      throw LoadedBundle.failure(info.path, error, operations: info.operations)
    }
  }

  /// The sentence for an error, with names where `operations` are known.
  static func failure(
    _ path: String, _ error: BundleError, operations: [BundleInfo.Operation]
  ) -> WorkFailure {
    switch error {
    case .cannotOpen(ENODATA):
      return WorkFailure("\(path): expected a bundle, found an empty file")
    case .cannotOpen(EINVAL):
      return WorkFailure("\(path): expected a bundle, found a device or a pipe")
    case .cannotOpen(let number):
      return WorkFailure("\(path): cannot be opened: \(System.message(number))")
    case .weight(let operation, _, _, _), .accumulator(let operation, _, _),
      .channel(let operation, _, _, _, _), .shape(let operation, _, _, _):
      guard operations.indices.contains(operation) else { break }
      return WorkFailure(
        "\(path): \(error) (operation \(operation) is \(ShownText.name(operations[operation].name)))"
      )
    case .notABundle, .unsupportedVersion, .wrongLength, .header, .digestMismatch, .section,
      .record, .limit, .plan, .outOfMemory, .unknownKernelSet, .threads:
      break
    }
    return WorkFailure("\(path): \(error)")
  }
}

extension WorkFailure {
  /// The sentence for what keeps a bundle from being run.
  init(_ bundle: BundleInfo, _ error: InferenceError, isa: String? = nil) {
    switch error {
    case .bundle(.unknownKernelSet):
      self.init(
        "--isa \(isa ?? ""): no kernels of that name work on this processor; "
          + "'portable' works on every one")
    case .bundle(let error):
      self = LoadedBundle.failure(bundle.path, error, operations: bundle.operations)
    case .noPreprocessing:
      self.init("\(bundle.path): \(error); give the input as --input-tensor FILE")
    case .imageInputs:
      self.init("\(bundle.path): \(error), so give them as --input-tensor NAME=FILE")
    case .noSuchIndex, .length, .outOfMemory, .task, .noTask:
      self.init("\(bundle.path): \(error)")
    }
  }
}

extension BundleInfo {
  /// A failure that says which names are near the one that does not exist.
  func noTensor(named name: String) -> WorkFailure {
    let near = Nearest.matches(name, in: tensors.map(\.name) + outputs.map(\.name), limit: 4)
    let hint =
      near.isEmpty
      ? "'swiftlet inspect' lists its \(tensors.count) tensors"
      : "near names are \(Text.list(near, "and"))"
    return WorkFailure("\(path): there is no tensor named '\(ShownText.name(name))'; \(hint)")
  }
}
