import SwiftletInference
import SwiftletPlatform

/// The results of a network for presentation, from its first output.
struct ScoreReader {
  private let info: BundleInfo

  /// Reads results of the network of `info`.
  init(_ info: BundleInfo) {
    self.info = info
  }

  /// The `count` best classes after a run; nil when the network is no classifier.
  func best(_ session: Session, _ count: Int) -> [RankedClass]? {
    guard case .classes(let best) = try? session.answer(top: count) else { return nil }
    return best
  }

  /// The vector of a network that describes images with one; nil for others.
  func vector(_ session: Session) -> [Float]? {
    guard case .vector(let vector) = try? session.answer() else { return nil }
    return vector
  }

  /// A vector for people: its length and how it begins.
  func text(_ vector: [Float]) -> String {
    let first = vector.prefix(6).map { "\($0)" }.joined(separator: ", ")
    return "\(vector.count) features: \(first)\(vector.count > 6 ? ", …" : "")"
  }

  /// A class for people: name and number.
  func label(_ entry: RankedClass) -> String {
    "\(ShownText.name(info.label(entry.classIndex)))  (\(entry.classIndex))"
  }

  /// The shapes of the outputs, for networks that are no classifiers.
  var outputs: [String] {
    info.outputs.map { "\(ShownText.name($0.name)): \(info.tensors[$0.tensor].shape) int8 values" }
  }

  /// A vector for programs.
  func json(_ vector: [Float]) -> JSONValue { .array(vector.map { .number($0) }) }

  /// The classes for programs.
  func json(_ best: [RankedClass]) -> JSONValue {
    .array(
      best.map { entry in
        .object([
          .init("index", .integer(entry.classIndex)),
          .init("label", .string(info.label(entry.classIndex))),
          .init("probability", .number(entry.probability, places: 6)),
          .init("score", .number(entry.score)),
        ])
      })
  }
}
