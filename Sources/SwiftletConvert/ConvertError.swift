import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// Why a network could not be converted.
public enum ConvertError: Error, Sendable {
  /// The integer runtime has no form of this layer. `advice` says what would help.
  case unsupported(layer: String, operation: String, advice: String)
  /// A weight, bias or batch-norm statistic is NaN or infinite.
  case notFinite(layer: String, what: String)
  /// A float activation became NaN or infinite on a calibration sample.
  case activationNotFinite(layer: String, sample: Int)
  /// There is no calibration sample.
  case noCalibration
  /// The network was quantized before, all but a value that calibration would be needed for.
  case scaleUnknown(value: String)
  /// A calibration sample has not as many tensors as the network has inputs.
  case sampleCount(sample: Int, expected: Int, found: Int)
  /// A calibration sample's shapes are not the network's.
  case sampleShape(sample: Int, expected: Shape, found: Shape)
  /// A layer's numbers do not fit the format even with coarser scales.
  case outOfRange(layer: String, what: String)
  /// The network has no outputs or no operations.
  case emptyNetwork
  /// The bundle would be larger than the format allows.
  case tooLarge(bytes: Int, limit: Int)
  /// The runtime would refuse the bundle.
  case notLoadable(BundleError)
  /// There is not enough memory for the network's float values and weights.
  case outOfMemory(byteCount: Int)
  /// The file could not be written; nothing was left behind.
  case cannotWrite(path: String, reason: String)
}

extension ConvertError {
  /// Why a pass refused the network, in the converter's words.
  public init(_ problem: PassError) {
    switch problem {
    case .unsupported(let layer, let operation, let advice):
      self = .unsupported(layer: layer, operation: operation, advice: advice)
    case .notFinite(let layer, let what): self = .notFinite(layer: layer, what: what)
    case .graph(let problem): self = .outOfRange(layer: problem.layer, what: "\(problem.problem)")
    }
  }
}

extension ConvertError: CustomStringConvertible {
  /// One sentence: the layer, what was expected and what was found.
  public var description: String {
    switch self {
    case .unsupported(let layer, let operation, let advice):
      "layer \(ShownText.name(layer)): \(operation) cannot be converted to integers; \(advice)"
    case .notFinite(let layer, let what):
      "layer \(ShownText.name(layer)): its \(what) hold NaN or infinity; expected finite numbers"
    case .activationNotFinite(let layer, let sample):
      "layer \(ShownText.name(layer)): NaN or infinity on calibration sample \(sample + 1); "
        + "are the weights and the preprocessing right?"
    case .noCalibration: "calibration needs at least one sample, found none"
    case .scaleUnknown(let value):
      "the model is quantized but for the result of \(ShownText.name(value)), whose range is not known; "
        + "give calibration images"
    case .sampleCount(let sample, let expected, let found):
      "calibration sample \(sample + 1): expected a tensor per input, \(expected), found \(found)"
    case .sampleShape(let sample, let expected, let found):
      "calibration sample \(sample + 1): expected an input of \(expected), found \(found)"
    case .outOfRange(let layer, let what): "layer \(ShownText.name(layer)): \(what)"
    case .emptyNetwork: "the network has no layers to convert"
    case .tooLarge(let bytes, let limit):
      "the bundle would have \(bytes) bytes; the format allows \(limit)"
    case .notLoadable(let problem):
      "nothing was written, since the bundle could not be run: it \(problem)"
    case .outOfMemory(let count):
      "converting the network needs about \(count) bytes of memory, which are not available; a "
        + "smaller input needs less"
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
    }
  }
}
