/// The results of a network for presentation, from its first output.
struct ScoreReader {
  private let info: BundleInfo
  /// Whether the first output has one value for each class.
  let isClassifier: Bool

  /// Reads results of the network of `info`.
  init(_ info: BundleInfo) {
    self.info = info
    let tensor = info.tensors[info.outputs[0].tensor]
    isClassifier = tensor.height == 1 && tensor.width == 1
  }

  /// The `count` best classes after a run; none when the network is no classifier.
  func best(_ session: Session, _ count: Int) -> [Classification.Entry] {
    guard isClassifier else { return [] }
    let index = info.outputs[0].tensor
    let tensor = info.tensors[index]
    return Classification.top(
      session.tensor(index).enumerated().map { tensor.real($1, channel: $0) }, count)
  }

  /// A class for people: name and number.
  func label(_ entry: Classification.Entry) -> String {
    "\(Text.printable(info.label(entry.index)))  (\(entry.index))"
  }

  /// The shapes of the outputs, for networks that are no classifiers.
  var outputs: [String] {
    info.outputs.map { "\($0.name): \(info.tensors[$0.tensor].shape) int8 values" }
  }

  /// The classes for programs.
  func json(_ best: [Classification.Entry]) -> JSONValue {
    .array(
      best.map { entry in
        .object([
          .init("index", .integer(entry.index)), .init("label", .string(info.label(entry.index))),
          .init("probability", .number(entry.probability, places: 6)),
          .init("score", .number(entry.score)),
        ])
      })
  }
}
