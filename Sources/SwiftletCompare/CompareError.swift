import SwiftletGraph
import SwiftletInference
import SwiftletRuntime

/// Why a float network and a bundle cannot be compared.
public enum CompareError: Error {
  /// The bundle cannot be loaded or run.
  case bundle(BundleError)
  /// The bundle does not say how images become its input.
  case noPreprocessing
  /// The float network or the bundle has more than one input or none.
  case inputCount(float: Int, bundle: Int)
  /// The inputs differ.
  case inputShape(float: ImageShape, bundle: ImageShape)
  /// The float network or the bundle has no output.
  case noOutput
  /// The numbers of classes differ.
  case classCount(float: Int, bundle: Int)
  /// There is not enough memory for the float network's weights and values.
  case outOfMemory(byteCount: Int)
  /// The float network is not what its owner says.
  case reference(ReferenceDifference)
  /// The dataset names a class that the network does not have.
  case classIndex(path: String, found: Int, classes: Int)
}

extension CompareError {
  /// The same about a bundle that is to be compared.
  init(_ error: InferenceError) {
    switch error {
    case .bundle(let error): self = .bundle(error)
    case .outOfMemory(let count): self = .outOfMemory(byteCount: count)
    case .noPreprocessing: self = .noPreprocessing
    case .noSuchIndex, .length, .imageInputs, .task, .noTask:
      preconditionFailure("the inputs were counted, and nothing else was asked for")
    }
  }
}

extension CompareError: CustomStringConvertible {
  /// One sentence without the files' names.
  public var description: String {
    switch self {
    case .bundle(let error): return "the bundle \(error)"
    case .noPreprocessing:
      return "the bundle does not say how images become its input; convert it with --preprocess"
    case .inputCount(let float, let bundle):
      return "expected one input each, found \(float) in the model and \(bundle) in the bundle"
    case .inputShape(let float, let bundle):
      return "expected the same input, found \(float) in the model and \(bundle) in the bundle "
        + "(--input sets the model's)"
    case .noOutput: return "expected an output, found none"
    case .classCount(let float, let bundle):
      return "expected as many classes in both, found \(float) in the model and \(bundle) in the "
        + "bundle"
    case .outOfMemory(let count):
      return "running the model needs about \(count) bytes of memory, which are not available"
    case .reference(let difference): return "\(difference)"
    case .classIndex(let path, let found, let classes):
      return "\(path): expected a class from 0 to \(classes - 1), found \(found)"
    }
  }
}
