import SwiftletGraph
import SwiftletPlatform

/// Why a file's tensors, or the options given, do not make a network.
public enum NetworkProblem: Error, Equatable, Sendable {
  /// An option is outside its range.
  case option(String, found: String, expected: String)
  /// An option has no meaning for the architecture.
  case optionNotApplicable(String, architecture: Architecture)
  /// An option says what a model file states itself.
  case optionOfWeights(String)
  /// Random weights were asked for without an architecture.
  case randomNeedsArchitecture
  /// What follows `random:` is no whole number from 0 to 2⁶⁴ − 1.
  case seed(String)
  /// The tensors are those of no known network; the first few names are given.
  case unrecognized(tensors: Int, first: [String])
  /// The tensors fit several architectures.
  case ambiguous([Architecture])
  /// The tensors are exactly those of another network than the one asked for.
  case otherNetwork(asked: String, found: String)
  /// A tensor is not there.
  case missing(tensor: String, expected: [Int], network: String)
  /// A tensor has another shape than its layer needs.
  case misshapen(tensor: String, expected: [Int], found: [Int], network: String)
  /// The network has no place for some tensors; the first few names are given.
  case surplus(count: Int, first: [String], network: String)
  /// Matching by order and shape found nothing for a layer; the first unused ones are given.
  case unmatched(layer: String, expected: [Int], unused: [String], network: String)
  /// The tensors fit by shape and order only, and these options would say what that leaves open; none:
  /// no option can.
  case undecided(network: String, options: [String])
  /// Several layers stand where the network has one classifier; the first few names are given.
  case classifierLayers([String], network: String)
  /// The network ends before its classifier, which was not said.
  case noClassifier(network: String)
  /// The file has not the copy of the weights that was asked for.
  case noSuchWeights(WeightChoice)
  /// A tensor holds an infinity or something that is not a number.
  case notFinite(tensor: String, index: Int)
  /// A variance is negative.
  case negativeVariance(tensor: String, index: Int, value: Float)
  /// A layer does not fit onto the tensor before it.
  case layer(String, ShapeMismatch)
  /// There is not enough memory for the weights.
  case outOfMemory(byteCount: Int)
}

extension NetworkProblem: CustomStringConvertible {
  /// One sentence: the layer or tensor, what was expected and what was found.
  public var description: String {
    switch self {
    case .option(let name, let found, let expected):
      "\(name): expected \(expected), found \(found)"
    case .optionNotApplicable(let name, let architecture):
      "\(name): \(architecture.rawValue) has no such choice"
    case .optionOfWeights(let name):
      "--\(name) is for files of weights alone; this model states its layers itself"
    case .randomNeedsArchitecture:
      "random weights need an architecture: pass --arch with one of \(knownNames)"
    case .seed(let text):
      "expected random:SEED with a whole number from 0 to \(UInt64.max), found \(quoted(text))"
    case .unrecognized(let count, let first):
      "the architecture was not recognised from \(count) weight tensors (\(list(first, of: count)))"
        + "; pass --arch with one of \(knownNames), or, of another network, " + ExportAdvice.onnx
    case .ambiguous(let architectures):
      "the tensors fit \(architectures.map(\.rawValue).joined(separator: " and ")); pass --arch"
    case .otherNetwork(let asked, let found):
      "expected the tensors of \(asked), found those of \(found)"
    case .missing(let tensor, let expected, let network):
      "\(network) needs the tensor \(quoted(tensor)) of shape \(expected), found none of that name"
    case .misshapen(let tensor, let expected, let found, let network):
      "tensor \(quoted(tensor)): \(network) expects shape \(expected), found \(found); of a network that is not "
        + "built in, export an ONNX model"
    case .surplus(let count, let first, let network):
      "\(network) has no place for \(count) of the tensors: \(list(first, of: count))"
    case .unmatched(let layer, let expected, let unused, let network):
      "layer \(layer) of \(network) expects weights of shape \(expected), found "
        + (unused.isEmpty
          ? "no weights left"
          : "only others, first \(unused.joined(separator: ", "))")
    case .undecided(let network, let options):
      "the tensors fit \(network) by their shapes and order only, which proves nothing: their names "
        + "are not known, and "
        + (options.isEmpty
          ? "where its gates stand cannot be told from a weight file"
          : "the file does not state what \(Choices.list(options)) would say")
        + "; export the network to ONNX, or give "
        + (options.isEmpty ? "" : "these options, or ")
        + "--reference with its owner's logits"
    case .classifierLayers(let names, let network):
      "\(network) has one layer as classifier, found several: "
        + names.map(quoted).joined(separator: ", ")
        + "; a weight file does not tell what is computed between them, so export the network to "
        + "ONNX, or give --task features for the vector before them"
    case .noClassifier(let network):
      "the tensors are those of \(network) without its classifier; give --task features if the "
        + "vector before it is what you want"
    case .noSuchWeights(let choice):
      "--weights \(choice.rawValue): the file holds "
        + (choice == .ema ? "no averaged weights" : "averaged weights only")
    case .notFinite(let tensor, let index):
      "tensor \(quoted(tensor)): expected finite numbers, found an infinity or NaN at element \(index)"
    case .negativeVariance(let tensor, let index, let value):
      "tensor \(quoted(tensor)): expected variances of at least 0, found \(value) at element \(index)"
    case .layer(let name, let mismatch):
      "layer \(ShownText.name(name)): \(mismatch)"
    case .outOfMemory(let count):
      "its weights need \(count) bytes of memory, which are not available"
    }
  }

  private var knownNames: String {
    Architecture.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private func list(_ first: [String], of count: Int) -> String {
    first.map(quoted).joined(separator: ", ") + (count > first.count ? ", …" : "")
  }
}
