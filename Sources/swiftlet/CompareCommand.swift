import SwiftletCompare
import SwiftletGraph
import SwiftletImport
import SwiftletInference
import SwiftletPlatform
import SwiftletRunCommands

/// `swiftlet compare`: a float network against its bundle.
enum CompareCommand {
  static let command = Command(description) { arguments, console in
    try execute(arguments, console)
  }

  private static let description = CommandDescription(
    name: "compare", summary: "measure what int8 costs, and where",
    operands: ["MODEL", "BUNDLE"], required: "--images DIR|CSV",
    options: [
      imageList, limit, labels, layers, reportFile, NetworkArguments.threads,
      SharedOptions.noMap,
    ] + NetworkArguments.options + [NetworkArguments.reference, SharedOptions.json],
    details: [
      """
      Runs the float network and the bundle on the same pixels and prints the accuracy of both,
      how often they agree, and for each layer the signal-to-quantization-noise ratio. The bundle
      runs on the integer kernels that a board uses, so the accuracy measured here is the board's.
      """,
      """
      --images takes a folder with one folder of images per class, or a CSV file with a header and
      rows 'path,class', the class an index from 0 or a name. Names are those of the bundle or of
      --labels; folders that are numbers give the class index. Preprocessing comes from the bundle.
      What describes the network comes from the options, else from the bundle.
      """,
    ],
    examples: [
      .init(
        "swiftlet compare mobilenet_v2.pth mobilenet.swiftlet --images val.csv",
        "Accuracy of float and int8, and the layers that lose most."),
      .init(
        "swiftlet compare mobilenet_v2.pth mobilenet.swiftlet --images val/ --limit 500 "
          + "--report report.html", "A report to look at, on 500 images."),
      .init(
        "swiftlet compare v1.pt v1.swiftlet --images val.csv --json",
        "For programs: every layer and every disagreement."),
    ], reference: reference)

  private static let imageList = Option(
    "--images", value: "DIR|CSV", "the images to compare on"
  ).reference("the images to compare on; required")
  private static let limit = Option(
    "--limit", value: "N", in: 1...Int.max, "use N of them, evenly spread over the list")
  private static let labels = Option(
    "--labels", value: "FILE", "class names, one a line (default: the bundle's)")
  private static let layers = Option(
    "--layers", "print every layer, not just the five that lose most")
  private static let reportFile = Option(
    "--report", value: "FILE.html", "write a report with charts and pictures"
  ).reference("write a page with charts and the pictures on which float and int8 differ")

  private static func execute(_ arguments: Arguments, _ console: Console) throws -> Int32 {
    let model = arguments.operands[0]
    guard let images = try arguments[Self.imageList] else {
      throw UsageError("--images DIR|CSV is missing: name the images to compare on")
    }
    var options = try NetworkArguments.parse(arguments, model: model)
    let limit = try arguments[Self.limit]
    let referenceFile = try arguments[NetworkArguments.reference]
    // What the bundle's conversion took as usual is taken so again.
    options.isProven = true
    let threads = try arguments[NetworkArguments.threads] ?? min(64, Platform.processorCount)
    if let report = try arguments[reportFile] {
      let inputs = [model, arguments.operands[1], images, try arguments[labels]]
        .compactMap { $0 }
      try OutputFile.check(report, option: "--report", inputs: inputs)
    }

    let bundle = try LoadedBundle(
      path: arguments.operands[1], mapped: !arguments.has(SharedOptions.noMap))
    let whole: Dataset
    let classes = try networkClasses(bundle, labels: try arguments[labels])
    do throws(DatasetError) {
      whole = try Dataset.read(images, classes: classes)
    } catch {
      throw WorkFailure("\(error)")
    }
    let rows = whole.images.spreadIndices(limit ?? whole.images.count)
    let dataset = limit.map(whole.spread) ?? whole
    if let report = try arguments[reportFile] {
      try OutputFile.check(report, option: "--report", images: dataset)
    }
    complete(&options, arguments, bundle.info, model)
    let recorded = bundle.info.provenance("architecture")
    var network: ImportedNetwork
    do throws(ImportError) {
      network = try ModelImporter.load(model, options: options)
    } catch {
      throw WorkFailure("\(error)")
    }
    let found = network.recognised?.architecture.rawValue
    if recorded != found, recorded != nil || network.source.format == .onnx {
      throw WorkFailure(
        "\(model) and \(bundle.info.path) cannot be compared: the bundle was converted from "
          + (recorded.map { "a \($0)" } ?? "an ONNX model")
          + ", the model is \(found.map { "a \($0)" } ?? "an ONNX model")")
    }
    let graph = try NetworkArguments.reference(&network, model)
    let comparison: Comparison
    do throws(CompareError) {
      comparison = try Comparison(consume graph, bundle.model, threads: threads)
      try comparison.check(dataset)
    } catch {
      throw WorkFailure("\(model) and \(bundle.info.path) cannot be compared: \(error)")
    }
    let isJSON = arguments.has(SharedOptions.json)
    var warnings = self.warnings(network, bundle.info, comparison) + dataset.remarks
    for warning in warnings { console.warn(warning, always: !isJSON) }
    let reference = try referenceFile.map {
      try ReferenceArguments.read(
        $0, whole, outputs: comparison.outputCount, levelStep: comparison.levelStep)
    }
    try run(comparison, dataset, rows, reference, model, console)
    if !NetworkArguments.isRandom(model), let warning = chance(comparison, dataset) {
      console.warn(warning, always: !isJSON)
      warnings.append(warning)
    }

    let report = CompareReport(
      result: comparison.result, model: model, info: bundle.info, dataset: dataset,
      warnings: warnings)
    if let path = try arguments[reportFile] {
      do throws(System.FileError) {
        try System.writeFile(path, Array(report.html.utf8))
      } catch {
        throw WorkFailure("cannot write \(error)")
      }
    }
    if isJSON {
      console.print(report.json.text)
    } else {
      console.print(report.text(allLayers: arguments.has(layers)))
      if let path = try arguments[reportFile] { console.print("\nreport: \(path)") }
    }
    return comparison.result.failures.isEmpty ? ExitStatus.done : ExitStatus.failed
  }

  /// More images that cannot be read are counted, not named.
  private static let shownFailures = 10

  private static func run(
    _ comparison: Comparison, _ dataset: Dataset, _ rows: [Int], _ reference: ReferenceOutputs?,
    _ model: String, _ console: Console
  ) throws {
    for (index, image) in dataset.images.enumerated() {
      console.progress("comparing", done: index, total: dataset.images.count)
      let problem: String?
      do throws(CompareError) {
        problem = try comparison.add(image, row: rows[index], reference)
      } catch {
        guard case .reference(let difference) = error else { throw WorkFailure("\(error)") }
        throw ReferenceArguments.failure(difference, model: model)
      }
      if let problem, comparison.result.failures.count <= shownFailures { console.error(problem) }
    }
    console.progress("comparing", done: 1, total: 1)
    let hidden = comparison.result.failures.count - shownFailures
    if hidden > 0 {
      console.error(
        "\(dataset.path): \(Text.counted(hidden, "more image")) cannot be read; --json lists all")
    }
    guard comparison.result.imageCount > 0 else {
      throw WorkFailure("\(dataset.path): none of its images can be read")
    }
  }

  /// The classes of the bundle, with the names in a file or its own; nil where it has none.
  private static func networkClasses(
    _ bundle: LoadedBundle, labels: String?
  ) throws -> NetworkClasses? {
    let info = bundle.info
    if case .vectors? = bundle.model.tasks.first { return nil }
    guard let count = info.outputs.first.map({ info.tensors[$0.tensor].count }) else { return nil }
    let names = try labels.map { try LabelFile.read($0, classes: count) } ?? info.labels
    // One output tells two classes apart, and its name is that of the second.
    return count == 1
      ? NetworkClasses(count: 2, labels: []) : NetworkClasses(count: count, labels: names)
  }

  /// That the float network is right about as often as one that guesses. Fewer than 50 images say
  /// little.
  private static func chance(_ comparison: Comparison, _ dataset: Dataset) -> String? {
    let accuracy = comparison.result.floatAccuracy
    let guessing = 1 / Double(comparison.classCount)
    guard accuracy.count >= 50, comparison.classCount > 2, let top1 = accuracy.top1,
      top1 < 1.5 * guessing
    else { return nil }
    return
      "the float network is right on \(Text.percent(top1)) of the images, as if it guessed: do "
      + "the classes of \(dataset.path) stand in the network's order, and is the preprocessing that "
      + "of training?"
  }

  /// Takes what the command line does not say from the bundle's provenance.
  private static func complete(
    _ options: inout NetworkOptions, _ arguments: Arguments, _ info: BundleInfo, _ model: String
  ) {
    if !arguments.has(NetworkArguments.input), let port = info.inputs.first {
      let tensor = info.tensors[port.tensor]
      options.input = InputSize(width: tensor.width, height: tensor.height)
    }
    guard let name = info.provenance("architecture") else { return complete(task: &options, info) }
    let recorded = Architecture(name: name)
    if NetworkArguments.isRandom(model) {
      options.architecture = options.architecture ?? recorded
      options.width = options.width ?? info.provenance("width").flatMap(Double.init)
      options.classes = options.classes ?? info.outputs.first.map { info.tensors[$0.tensor].count }
    }
    options.padding =
      options.padding ?? info.provenance("padding").flatMap(PaddingStyle.init(rawValue:))
    options.activation =
      options.activation ?? info.provenance("activation").flatMap(Activation.init(rawValue:))
    options.epsilon = options.epsilon ?? info.provenance("bn-eps").flatMap(Float.init)
    options.firstStride = options.firstStride ?? info.provenance("first-stride").flatMap { Int($0) }
    complete(task: &options, info)
  }

  private static func complete(task options: inout NetworkOptions, _ info: BundleInfo) {
    options.task = options.task ?? info.provenance("task").flatMap(NetworkTask.init(rawValue:))
  }

  private static func warnings(
    _ network: ImportedNetwork, _ info: BundleInfo, _ comparison: Comparison
  ) -> [String] {
    var warnings: [String] = []
    let found = network.source.sha256
    if let recorded = info.provenance("source-sha256"), recorded != found {
      let source = info.provenance("source") ?? "another file"
      warnings.append(
        "\(info.path) was converted from \(source) with SHA-256 \(recorded.prefix(12))…, but "
          + "\(network.source.path) has "
          + (found.isEmpty ? "none (random weights)" : "\(found.prefix(12))…"))
    }
    if !comparison.unmatchedLayers.isEmpty {
      let names = comparison.unmatchedLayers
      warnings.append(
        "\(Text.counted(names.count, "tensor")) of the bundle match no layer of the model and are "
          + "left out: \(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : "")")
    }
    return warnings
  }
}
