import SwiftletPlatform

/// Why a model file cannot be imported.
public enum ImportError: Error, Equatable, Sendable {
  /// The file is missing, not a regular file, or not readable.
  case cannotOpen(path: String, reason: String)
  /// The content is none of the weight formats; `found` is what it seems to be.
  case notWeights(path: String, found: FileKind)
  /// The safetensors header or what it says is wrong.
  case safetensors(path: String, SafetensorsProblem)
  /// The zip container of a PyTorch file is wrong.
  case zip(path: String, ZipProblem)
  /// The Python pickle in a PyTorch file is damaged or asks for what is not allowed.
  case pickle(path: String, PickleProblem)
  /// A PyTorch file that reads well but holds no state dict.
  case checkpoint(path: String, CheckpointProblem)
  /// One tensor's description or data is wrong.
  case tensor(path: String, tensor: String, TensorProblem)
  /// An ONNX model is damaged, or asks for what is not supported.
  case onnx(path: String, ONNXProblem)
  /// The tensors, or the options, do not make a network.
  case network(file: String, problem: NetworkProblem)
}

extension ImportError: CustomStringConvertible {
  /// One sentence that names the file, the tensor if it is about one, what was expected and found.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason):
      "cannot open \(path): \(reason)"
    case .notWeights(let path, let found):
      "\(path) is no model that can be read (ONNX, safetensors, PyTorch): it is \(found.rawValue)"
    case .safetensors(let path, let problem):
      "\(path) is not a valid safetensors file: \(problem)"
    case .zip(let path, let problem):
      "\(path) is not a valid PyTorch zip file: \(problem)"
    case .pickle(let path, let problem):
      "cannot read the pickle in \(path): \(problem)"
    case .checkpoint(let path, let problem):
      "\(path) holds no weights that can be read: \(problem)"
    case .tensor(let path, let tensor, let problem):
      "\(path), tensor \(quoted(tensor)): \(problem)"
    case .onnx(let path, let problem):
      "\(path): \(problem)"
    case .network(let file, let problem):
      "\(file): \(problem)"
    }
  }
}

/// Text from a file, for a message: short and without control characters.
func quoted(_ text: String) -> String {
  "'" + ShownText.clean(ShownText.cut(text), with: "\u{FFFD}") + "'"
}
