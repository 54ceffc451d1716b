/// Tells what stands beside a network in its file: counters, parts of losses and metrics, the data's
/// mean and deviation, and a second, averaged copy of the network.
enum Bystanders {
  /// Takes out what is no part of the network.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - choice: which copy is wanted where there are two; nil: the trained one.
  /// - Returns: the file without it, and what was decided, a sentence each.
  /// - Throws: `noSuchWeights` when the copy that is asked for is not there.
  static func remove(
    from file: WeightFile, _ choice: WeightChoice?
  ) throws(NetworkProblem) -> (file: WeightFile, notes: [String]) {
    var notes: [String] = []
    var kept: [WeightTensor] = []
    var beside: [String] = []
    let names = Set(file.tensors.map { FileName($0.name) })
    for tensor in file.tensors {
      if isBeside(tensor.name, names) { beside.append(tensor.name) } else { kept.append(tensor) }
    }
    let averaged = kept.filter { isAverage($0.name) }
    if !averaged.isEmpty, averaged.count < kept.count {
      switch choice ?? .model {
      case .model:
        beside += averaged.map(\.name)
        kept = kept.filter { !isAverage($0.name) }
      case .ema:
        beside += kept.filter { !isAverage($0.name) }.map(\.name)
        kept = averaged
      }
      notes.append(WeightChoice.note(choice, taken: choice ?? .model))
    } else if choice == .ema, averaged.isEmpty, !file.isAverage {
      throw .noSuchWeights(.ema)
    }
    let counters = beside.filter(isCounter)
    let integers = file.integers.filter { !isCounter($0) }
    let others = beside.filter { !isCounter($0) } + integers
    if !others.isEmpty { notes.append(Self.note(others)) }
    return (
      WeightFile(
        path: file.path, format: file.format, tensors: kept,
        ignored: file.ignored + counters + others.dropLast(integers.count), metadata: file.metadata,
        sha256: file.sha256,
        notes: file.notes, isAverage: file.isAverage), notes
    )
  }

  /// What is said of tensors that are left out.
  static func note(_ names: [String]) -> String {
    let first = names.prefix(3).map(quoted).joined(separator: ", ")
    return names.count == 1
      ? "the tensor \(first) stands beside the network and is left out"
      : "\(names.count) tensors stand beside the network and are left out: \(first)"
        + (names.count > 3 ? ", …" : "")
  }

  private static func isCounter(_ name: String) -> Bool {
    ["num_batches_tracked", "n_averaged"].contains(lastWord(name))
  }

  private static func isBeside(_ name: String, _ names: Set<FileName>) -> Bool {
    if isCounter(name) { return true }
    let words = words(name)
    if words.contains(where: isLossOrMetric) { return true }
    // Of the data: a mean that has a deviation beside it, which a batch normalisation has not.
    guard let last = words.last else { return false }
    let partners = [
      "mean": "std", "std": "mean", "pixel_mean": "pixel_std", "pixel_std": "pixel_mean",
    ]
    guard let partner = partners[last] else { return false }
    return names.contains(FileName(name.dropLast(last.count) + partner))
  }

  private static func isLossOrMetric(_ word: String) -> Bool {
    ["criterion", "loss", "losses", "confmat", "accuracy", "auroc", "precision", "recall"]
      .contains(word) || word.hasPrefix("loss_") || word.hasSuffix("_loss")
      || word.hasSuffix("_criterion") || word.hasPrefix("metric") || word.hasSuffix("_metric")
      || word.hasSuffix("_metrics") || word.hasSuffix("_acc") || word.hasSuffix("_accuracy")
      || word.hasSuffix("_confmat")
  }

  /// Whether a name is one of an averaged copy: `ema.`, `model_ema.module.`.
  private static func isAverage(_ name: String) -> Bool {
    words(name).dropLast().prefix(2).contains { WeightChoice.isAverage(key: $0) }
  }

  private static func words(_ name: String) -> [String] {
    name.split(separator: ".").map { $0.lowercased() }
  }

  private static func lastWord(_ name: String) -> String { words(name).last ?? "" }
}

/// Which of a file's two copies of the weights is meant.
public enum WeightChoice: String, CaseIterable, Sendable {
  /// The weights that were trained.
  case model
  /// Their exponential moving average.
  case ema

  /// Whether a key or module of this name holds an average: `state_dict_ema`, `model_ema`, `ema_model`.
  static func isAverage(key: String) -> Bool {
    key.lowercased().split { $0 == "_" || $0 == "-" || $0 == "." }
      .contains { ["ema", "swa", "averaged"].contains($0) }
  }

  /// What is said where a file has both.
  static func note(_ choice: WeightChoice?, taken: WeightChoice) -> String {
    let words: String
    switch taken {
    case .model: words = "the trained weights are taken; --weights ema takes their average"
    case .ema: words = "the averaged weights are taken; --weights model takes the trained ones"
    }
    return "the file holds two copies of the network, of which " + words
  }
}
