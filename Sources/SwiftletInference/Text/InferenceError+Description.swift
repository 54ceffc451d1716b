// Not part of an Embedded build, which has no text made at run time; nor is anything else in this
// folder.

extension InferenceError: CustomStringConvertible {
  /// One sentence, without the name of the file: what was expected and what was found.
  public var description: String {
    switch self {
    case .bundle(let error): "the bundle \(error)"
    case .noSuchIndex(let role, let found, let count):
      "there is no \(role) number \(found): the network has \(count)"
    case .length(let role, let index, let expected, let found):
      "expected \(expected) values for \(role) number \(index), found \(found)"
    case .imageInputs(let count):
      "the network has \(count) inputs; an image can fill one only"
    case .noPreprocessing: "the bundle does not say how an image becomes its input"
    case .outOfMemory(let count):
      "there is not enough memory for the image, which needs \(count) bytes"
    case .task(.boxes): "boxes are not decoded yet; read the outputs instead"
    case .task(let found): "the network's answer is of another kind: \(found)"
    case .noTask: "the bundle does not say what its outputs mean; read them instead"
    }
  }
}
