import SwiftletRuntime

extension String {
  /// The text of a bundle's UTF-8 bytes, which loading has verified.
  public init(_ view: ByteView) {
    self = view.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}

extension BundleInfo {
  /// Describes a model that was loaded from `path`.
  public init(path: String, _ model: Model) {
    self.path = path
    fileLength = model.fileLength
    weightsLength = model.weightsLength
    macs = Int(clamping: model.macCount)
    tensors = (0..<model.tensorCount).map { Tensor(model.tensor($0)) }
    operations = (0..<model.operationCount).map { Operation(model.operation($0)) }
    inputs = model.inputs.map { Port(name: String($0.name), tensor: $0.tensor) }
    outputs = model.outputs.map { Port(name: String($0.name), tensor: $0.tensor) }
    preprocessing = model.preprocessing(ofInput: 0)
    tasks = model.tasks
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
extension EpilogueKind {
  fileprivate var name: String {
    switch self {
    case .requantize: return "requantize"
    case .hardSwish: return "hardSwish"
    case .add: return "add"
    case .curve: return "curve"
    }
  }
}

extension BundleInfo.Operation {
  init(_ operation: OperationInfo) {
    name = String(operation.name)
    kind = operation.kindName.description
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
