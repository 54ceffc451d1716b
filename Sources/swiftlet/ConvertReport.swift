import SwiftletConvert
import SwiftletGraph
import SwiftletImport
import SwiftletRunCommands

/// What a report says of the float graph, which is given away before there is one.
struct NetworkCounts {
  let layers: Int
  let parameters: Int
  let macs: Int

  init(_ graph: Graph) {
    layers = graph.nodes.count
    parameters = graph.parameterCount
    macs = graph.macCount
  }
}

/// What `convert` prints when it is done.
struct ConvertReport {
  let output: String
  let network: ImportedNetwork
  let counts: NetworkCounts
  let input: InputSize
  let converted: ConvertedNetwork
  let method: CalibrationMethod
  let samples: CalibrationSamples
  let preprocessing: String
  /// What was held against the network's owner, if anything was.
  let proof: String?
  let fileLength: Int
  /// What is to be said of the class names, a sentence each.
  let nameNotes: [String]
  /// What makes the conversion doubtful, a sentence each.
  let warnings: [String]

  private var notes: [String] { network.notes + converted.notes + nameNotes }

  /// A few lines for people.
  var text: String {
    var lines = [
      "\(output): \(Text.bytes(fileLength)), of which weights \(Text.bytes(converted.weightBytes))",
      "  network      \(name), input \(input.width)×\(input.height)"
        + (network.channels == 3 ? "" : "×\(network.channels)")
        + ", \(outputs)",
      "  weights      \(network.source.path) (\(network.source.format.rawValue)): "
        + weights,
      "  float        \(Text.grouped(counts.parameters)) parameters, "
        + "\(Text.fixed(Double(counts.macs) / 1e6, 1)) M multiply-accumulates",
      "  int8         \(Text.counted(counts.layers, "layer")) became "
        + Text.counted(converted.operationCount, "operation"),
      "  images       \(preprocessing)",
      "  calibration  \(method.rawValue), \(samples.source)",
      "  class names  \(converted.labels.isEmpty ? "none (--labels)" : "\(converted.labels.count)")",
    ]
    if let proof { lines.append("  reference    \(proof)") }
    lines += notes.map { "  note         \($0)" }
    lines += warnings.map { "  warning      \($0)" }
    return lines.map(Text.printable).joined(separator: "\n")
  }

  /// What the network is called.
  private var name: String {
    network.recognised.map { "\($0.architecture.rawValue), width \($0.width)" } ?? "the model's own"
  }

  /// How the weights were found.
  private var weights: String {
    guard let report = network.recognised?.report else { return "as the model states them" }
    return network.source.format == .random
      ? Text.counted(report.pairs.count, "tensor") : report.summary
  }

  private var outputs: String {
    switch network.task {
    case .classes: Text.counted(network.outputs, "class", "classes")
    case .multilabel:
      Text.counted(network.outputs, "class", "classes") + ", each there or not (sigmoid)"
    case .features: Text.counted(network.outputs, "feature")
    case nil: Text.counted(network.outputs, "number")
    }
  }

  /// The same and more for programs.
  var json: JSONValue {
    .object([
      .init("output", .string(output)), .init("file_bytes", .integer(fileLength)),
      .init("weight_bytes", .integer(converted.weightBytes)),
      .init("architecture", network.recognised.map { .string($0.architecture.rawValue) } ?? .null),
      .init("width", network.recognised.map { .number($0.width) } ?? .null),
      .init("input_width", .integer(input.width)), .init("input_height", .integer(input.height)),
      .init("channels", .integer(network.channels)),
      .init("task", network.task.map { .string($0.rawValue) } ?? .null),
      .init("classes", .integer(network.outputs)),
      .init("source", .string(network.source.path)),
      .init("source_format", .string(network.source.format.rawValue)),
      .init("source_sha256", .string(network.source.sha256)),
      .init("tensors_matched", .integer(network.recognised?.report.pairs.count ?? 0)),
      .init("matched", network.recognised.map { .string($0.report.method.rawValue) } ?? .null),
      .init("ignored", .strings(network.recognised?.report.ignored ?? [])),
      .init("parameters", .integer(counts.parameters)), .init("macs", .integer(counts.macs)),
      .init("layers", .integer(counts.layers)),
      .init("operations", .integer(converted.operationCount)),
      .init(
        "calibration",
        .object([
          .init("method", .string(method.rawValue)),
          .init("count", .integer(samples.count)),
          .init("source", .string(samples.source)), .init("sha256", .string(samples.digest)),
        ])),
      .init("labels", .integer(converted.labels.count)), .init("notes", .strings(notes)),
      .init("warnings", .strings(warnings)),
    ])
  }
}
