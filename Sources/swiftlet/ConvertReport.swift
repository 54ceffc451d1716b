import SwiftletConvert
import SwiftletGraph
import SwiftletImport
import SwiftletRunCommands

/// What is told of a float network after its graph has been handed to the converter.
struct GraphFigures {
  let parameters: Int
  let macs: Int
  let layers: Int

  init(_ graph: Graph) {
    parameters = graph.parameterCount
    macs = graph.macCount
    layers = graph.nodes.count
  }
}

/// What `convert` prints when it is done.
struct ConvertReport {
  let output: String
  let network: ImportedNetwork
  let figures: GraphFigures
  let input: Int
  let converted: ConvertedNetwork
  let method: CalibrationMethod
  let samples: CalibrationSamples
  let preprocessing: String
  let fileLength: Int

  private var notes: [String] { network.notes + converted.notes }

  /// A few lines for people.
  var text: String {
    var lines = [
      "\(output): \(Text.bytes(fileLength)), of which weights \(Text.bytes(converted.weightBytes))",
      "  network      \(network.architecture.rawValue), width \(network.width), input "
        + "\(input)×\(input), \(Text.counted(network.classes, "class", "classes"))",
      "  weights      \(network.source.path) (\(network.source.format.rawValue)): "
        + (network.source.format == .random
          ? Text.counted(network.report.pairs.count, "tensor") : network.report.summary),
      "  float        \(Text.grouped(figures.parameters)) parameters, "
        + "\(Text.fixed(Double(figures.macs) / 1e6, 1)) M multiply-accumulates",
      "  int8         \(Text.counted(figures.layers, "layer")) became "
        + Text.counted(converted.operationCount, "operation"),
      "  images       \(preprocessing)",
      "  calibration  \(method.rawValue), \(samples.source)",
      "  class names  \(converted.labels.isEmpty ? "none (--labels)" : "\(converted.labels.count)")",
    ]
    lines += notes.map { "  note         \($0)" }
    return lines.map(Text.printable).joined(separator: "\n")
  }

  /// The same and more for programs.
  var json: JSONValue {
    .object([
      .init("output", .string(output)), .init("file_bytes", .integer(fileLength)),
      .init("weight_bytes", .integer(converted.weightBytes)),
      .init("architecture", .string(network.architecture.rawValue)),
      .init("width", .number(network.width)), .init("input", .integer(input)),
      .init("classes", .integer(network.classes)),
      .init("source", .string(network.source.path)),
      .init("source_format", .string(network.source.format.rawValue)),
      .init("source_sha256", .string(network.source.sha256)),
      .init("tensors_matched", .integer(network.report.pairs.count)),
      .init("matched", .string(network.report.method.rawValue)),
      .init("ignored", .strings(network.report.ignored)),
      .init("parameters", .integer(figures.parameters)), .init("macs", .integer(figures.macs)),
      .init("layers", .integer(figures.layers)),
      .init("operations", .integer(converted.operationCount)),
      .init(
        "calibration",
        .object([
          .init("method", .string(method.rawValue)),
          .init("count", .integer(samples.count)),
          .init("source", .string(samples.source)), .init("sha256", .string(samples.digest)),
        ])),
      .init("labels", .integer(converted.labels.count)), .init("notes", .strings(notes)),
    ])
  }
}
