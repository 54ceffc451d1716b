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
        "\(path): \(error) (operation \(operation) is \(operations[operation].name))")
    case .notABundle, .unsupportedVersion, .wrongLength, .header, .digestMismatch, .section,
      .record, .limit, .plan, .outOfMemory, .unknownKernelSet, .threads:
      break
    }
    return WorkFailure("\(path): \(error)")
  }
}

extension String {
  /// The text of verified UTF-8 bytes.
  init(_ view: ByteView) {
    self = view.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}

extension BundleInfo {
  init(path: String, _ model: Model) {
    self.path = path
    fileLength = model.fileLength
    weightsLength = model.weightsLength
    macs = Int(clamping: model.macCount)
    tensors = (0..<model.tensorCount).map { Tensor(model.tensor($0)) }
    operations = (0..<model.operationCount).map { Operation(model.operation($0)) }
    inputs = model.inputs.map { Port(name: String($0.name), tensor: $0.tensor) }
    outputs = model.outputs.map { Port(name: String($0.name), tensor: $0.tensor) }
    preprocessing = model.preprocessing
    labels = (0..<model.labelCount).map { String(model.label($0)) }
    provenance = (0..<model.provenanceCount).map {
      let line = model.provenance($0)
      return (key: String(line.key), value: String(line.value))
    }
  }
}

extension BundleInfo.Tensor {
  init(_ tensor: TensorInfo) {
    name = String(tensor.name)
    source = String(tensor.source)
    height = tensor.height
    width = tensor.width
    channels = tensor.channels
    quantization = tensor.quantization
  }
}

// Written out: to ask Swift for the names of cases would take a fifth of the time of loading.
extension OperationKind {
  fileprivate var name: String {
    switch self {
    case .conv2D: return "conv2D"
    case .depthwiseConv2D: return "depthwiseConv2D"
    case .fullyConnected: return "fullyConnected"
    case .add: return "add"
    case .multiply: return "multiply"
    case .averagePool: return "averagePool"
    case .maxPool: return "maxPool"
    case .globalAveragePool: return "globalAveragePool"
    case .copy: return "copy"
    case .lookup: return "lookup"
    }
  }
}

extension EpilogueKind {
  fileprivate var name: String {
    switch self {
    case .requantize: return "requantize"
    case .hardSwish: return "hardSwish"
    case .add: return "add"
    }
  }
}

extension BundleInfo.Operation {
  init(_ operation: OperationInfo) {
    name = String(operation.name)
    kind = operation.kind.name
    epilogue = operation.epilogue.name
    inputs = operation.inputs
    output = operation.output
    macs = Int(clamping: operation.macCount)
    weightBytes = operation.weightsLength
    guard let found = operation.window else {
      window = ""
      return
    }
    var text = "\(found.kernelHeight)×\(found.kernelWidth)"
    if found.strideHeight != found.strideWidth {
      text += " /\(found.strideHeight)×\(found.strideWidth)"
    } else if found.strideHeight > 1 {
      text += " /\(found.strideHeight)"
    }
    window = text
  }
}
