import SwiftletCompare
import SwiftletInference
import SwiftletRunCommands

/// What `compare` prints and writes when it is done.
struct CompareReport {
  let result: ComparisonResult
  let model: String
  let info: BundleInfo
  let dataset: Dataset
  let warnings: [String]

  /// The figures and the layers that lose most, or all layers.
  func text(allLayers: Bool) -> String {
    let labelled = result.floatAccuracy.count
    var lines = [
      "\(model) and \(info.path) on \(Text.counted(result.imageCount, "image"))"
        + (result.failures.isEmpty ? "" : " (\(result.failures.count) could not be read)")
    ]
    if let similarity = result.meanSimilarity {
      lines.append(
        "  similarity  \(Text.fixed(similarity, 4)), mean cosine between the vectors of float and int8"
      )
    } else if labelled > 0 {
      let rows = [
        ["float", share(result.floatAccuracy.top1), share(result.floatAccuracy.top5)],
        ["int8", share(result.int8Accuracy.top1), share(result.int8Accuracy.top5)],
        [
          "change", change(result.floatAccuracy.top1, result.int8Accuracy.top1),
          change(result.floatAccuracy.top5, result.int8Accuracy.top5),
        ],
      ]
      lines.append(Text.table(["", "top-1", "top-5"], rows, [.left, .right, .right]))
      if labelled < result.imageCount {
        lines.append("  (\(Text.counted(labelled, "image")) of them have a class)")
      }
    } else {
      lines.append("  the images have no classes, so there is no accuracy")
    }
    if let agreement = result.agreement, let divergence = result.meanDivergence {
      lines.append("  agreement   \(Text.percent(agreement)) get the same best class")
      lines.append("  divergence  \(Text.fixed(divergence, 4)) nats, mean KL of int8 from float")
    }
    lines += warnings.map { "  warning     \(Text.printable($0))" }
    let layers = allLayers ? result.layers : result.layers.worst(5)
    if !layers.isEmpty {
      lines.append("")
      lines.append(allLayers ? "Layers" : "Layers that lose most (--layers prints all)")
      lines.append(table(layers))
      if allLayers, let worst = result.worstLayer {
        lines.append("  most is lost in \(Text.printable(worst.name))")
      }
    }
    return lines.joined(separator: "\n")
  }

  private func table(_ layers: [LayerLoss]) -> String {
    let rows = layers.map { layer in
      [
        Text.printable(layer.name), layer.kind, layer.decibels.map { Text.fixed($0, 1) } ?? "–",
        layer.drop.map { Text.fixed($0, 1) } ?? "–", Text.percent(layer.addedNoise),
      ]
    }
    return Text.table(
      ["layer", "operation", "SQNR dB", "drop dB", "added noise"], rows,
      [.left, .left, .right, .right, .right])
  }

  private func share(_ fraction: Double?) -> String { fraction.map { Text.percent($0) } ?? "–" }

  private func change(_ float: Double?, _ int8: Double?) -> String {
    guard let float, let int8 else { return "–" }
    let points = (int8 - float) * 100
    return "\(points > 0 ? "+" : "")\(Text.fixed(points, 2))"
  }

  /// Everything, for programs.
  var json: JSONValue {
    .object([
      .init("model", .string(model)), .init("bundle", .string(info.path)),
      .init("images", .integer(result.imageCount)),
      .init("labelled", .integer(result.floatAccuracy.count)),
      .init("float", accuracy(result.floatAccuracy)),
      .init("int8", accuracy(result.int8Accuracy)),
      .init("agreement", number(result.agreement)),
      .init("mean_kl", number(result.meanDivergence)),
      .init("mean_cosine", number(result.meanSimilarity)),
      .init("worst_layer", result.worstLayer.map { .string($0.name) } ?? .null),
      .init("layers", .array(result.layers.map(layer))),
      .init("disagreements", .array(result.disagreements.map(disagreement))),
      .init("failures", .strings(result.failures.map(\.problem))),
      .init("warnings", .strings(warnings)),
    ])
  }

  private func accuracy(_ counter: AccuracyCounter) -> JSONValue {
    .object([.init("top1", number(counter.top1)), .init("top5", number(counter.top5))])
  }

  private func number(_ value: Double?) -> JSONValue {
    value.map { .number($0, places: 6) } ?? .null
  }

  private func layer(_ layer: LayerLoss) -> JSONValue {
    .object([
      .init("name", .string(layer.name)), .init("kind", .string(layer.kind)),
      .init("sqnr_db", layer.decibels.map { .number($0, places: 3) } ?? .null),
      .init("drop_db", layer.drop.map { .number($0, places: 3) } ?? .null),
      .init("added_noise", .number(layer.addedNoise, places: 8)),
    ])
  }

  private func disagreement(_ item: Disagreement) -> JSONValue {
    .object([
      .init("image", .string(item.path)),
      .init("class", item.classIndex.map { .integer($0) } ?? .null),
      .init("float", .array(item.float.map(ranked))),
      .init("int8", .array(item.int8.map(ranked))),
    ])
  }

  private func ranked(_ entry: RankedClass) -> JSONValue {
    .object([
      .init("index", .integer(entry.classIndex)), .init("label", .string(label(entry.classIndex))),
      .init("probability", .number(entry.probability, places: 6)),
    ])
  }

  private func label(_ index: Int) -> String { info.label(index) }

  /// The report file.
  var html: String {
    var facts: [(name: String, value: String)] = [
      ("Model", model), ("Bundle", "\(info.path), \(Text.bytes(info.fileLength))"),
      ("Images", "\(dataset.path), \(Text.counted(result.imageCount, "image"))"),
    ]
    let lines = [
      ("architecture", "Architecture"), ("width", "Width"), ("calibration", "Calibration"),
    ]
    for (key, name) in lines {
      if let value = info.provenance(key) { facts.append((name, value)) }
    }
    return HTMLReport(
      result: result, facts: facts, warnings: warnings, labels: info.labels
    ).html
  }
}
