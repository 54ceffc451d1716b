import SwiftletCompare
import SwiftletConvert
import SwiftletGraph
import SwiftletImport
import SwiftletRunCommands

/// `swiftlet convert`: float weights to an int8 bundle.
enum ConvertCommand {
  static let command = Command(description) { arguments, console in
    try execute(arguments, console)
  }

  private static let description = CommandDescription(
    name: "convert", summary: "turn a float network into an int8 bundle",
    operands: ["MODEL"], required: "-o OUT.swiftlet --calibrate DIR|CSV",
    options: [output] + NetworkArguments.options + [calibrate, calibrationCount, method]
      + PreprocessingArguments.options
      + [labels, NetworkArguments.reference, NetworkArguments.threads, SharedOptions.json],
    details: [
      """
      MODEL is an ONNX model, which states its layers itself, or a .safetensors or PyTorch file
      (.pth, .pt, .tar) of the weights of a built-in architecture; it is only read, never executed.
      The options from --arch to --weights are for weights alone. random:SEED with --arch makes a
      network with random weights, for benchmarks; for it --calibrate may be left out (smooth
      noise is used). So it may for an ONNX model that is quantized already (QDQ or QOperator):
      its scales and weights are kept as they are.
      """,
      """
      --calibrate takes a folder (of images, or of one folder per class) or a CSV file with a
      header and rows 'path,class'; the class may be missing, and paths are relative to the
      CSV's folder. The images only tell how large values become: 100 to 300 are enough.
      Preprocessing must be that of training; it is stored in the bundle.
      """,
    ],
    examples: [
      .init(
        "swiftlet convert model.onnx -o model.swiftlet --calibrate images/",
        "A whole model; 'swiftlet inspect model.onnx' tells whether it can be converted."),
      .init(
        "swiftlet convert mobilenet_v2.pth -o mobilenet.swiftlet --calibrate images/ "
          + "--labels imagenet.txt", "A torchvision network, preprocessed as torchvision does."),
      .init(
        "swiftlet convert v1.safetensors -o v1.swiftlet --padding same --preprocess keras "
          + "--calibrate train.csv", "A network that was trained with Keras."),
      .init(
        "swiftlet convert cifar.pt -o cifar.swiftlet --input 64 --resize 64 --calibrate train/",
        "Smaller images, resized without a crop."),
      .init(
        "swiftlet convert random:1 --arch mobilenet_v3_large -o bench.swiftlet",
        "No weights at hand: random ones are as fast."),
    ], reference: reference)

  private static let output = Option(
    "--output", short: "-o", value: "OUT.swiftlet", "the bundle to write"
  ).reference("the bundle to write; required. Written to a temporary file and renamed")
  private static let calibrate = Option(
    "--calibrate", value: "DIR|CSV", "images like those the network will see"
  ).reference(
    "images like those the network will see; required except for `random:SEED` and for models that are quantized already"
  )
  private static let calibrationCount = Option(
    "--calibration-count", value: "N", in: 1...100_000,
    "how many of them, evenly spread over the list (default 256)"
  ).reference(
    "how many of them, evenly spread over the list (default 256; 16 for `random:SEED` without images)"
  )
  private static let method = Option(
    "--method", value: "METHOD", choices: CalibrationMethod.allCases,
    "how ranges are chosen: auto (default), minmax, percentile, mse or entropy")
  private static let labels = Option(
    "--labels", value: "FILE", "class names, one a line")

  private static func execute(_ arguments: Arguments, _ console: Console) throws -> Int32 {
    let model = arguments.operands[0]
    guard let output = try arguments[Self.output] else {
      throw UsageError("-o OUT.swiftlet is missing: name the bundle to write")
    }
    var options = try NetworkArguments.parse(arguments, model: model)
    // What is cheap to refuse is read first, though the network's channels are not known yet.
    if let size = options.input ?? (InspectModel.isModel(model) ? nil : 224) {
      _ = try PreprocessingArguments(arguments, input: size)
    }
    var conversion = ConversionOptions()
    if let chosen = try arguments[method] { conversion.method = chosen }
    conversion.threads = try arguments[NetworkArguments.threads]
    let count = try arguments[calibrationCount]
    let images = try arguments[calibrate]
    try NetworkArguments.requireArchitecture(model, options)
    // Of a model that states its layers, only reading it tells whether it is quantized.
    let mayLackImages = NetworkArguments.isRandom(model) || InspectModel.isModel(model)
    if images == nil && !mayLackImages { throw missingImages }
    let labelFile = try arguments[labels]
    let referenceFile = try arguments[NetworkArguments.reference]
    options.isProven = referenceFile != nil
    if referenceFile != nil, images == nil {
      throw UsageError("--reference holds outputs for the images of --calibrate, which is missing")
    }
    let inputs = [model, images, labelFile, referenceFile].compactMap { $0 }
    try OutputFile.check(output, option: "-o", inputs: inputs)

    let dataset = try images.map { try readDataset($0) }
    if let dataset { try OutputFile.check(output, option: "-o", images: dataset) }
    var network = try NetworkArguments.load(model, options)
    let isQuantized = network.graph.statesScales
    if images == nil && !isQuantized && !NetworkArguments.isRandom(model) { throw missingImages }
    let preprocessing = try PreprocessingArguments(
      arguments, input: network.input, channels: try NetworkArguments.channels(network))
    conversion.outputs = OutputMeaning(network.task)
    let range = preprocessing.pipeline.normalization.range
    conversion.inputRange = Double(range.lowerBound)...Double(range.upperBound)
    let (names, found) = try self.names(labelFile, dataset, network)
    var nameNotes = found
    if network.channels == 4 {
      nameNotes.append(
        "the image's fourth channel is opacity, which pictures do not give: 255 everywhere")
    }
    let samples: CalibrationSamples
    if let dataset {
      samples = try CalibrationSamples.read(
        dataset, count: count ?? 256, preprocessing.pipeline, console)
    } else if isQuantized {
      samples = .none(preprocessing.pipeline)
    } else {
      let seed = NetworkArguments.randomSeed(model).flatMap { UInt64($0) } ?? 0
      samples = try CalibrationSamples.noise(seed: seed, count: count ?? 16, preprocessing.pipeline)
    }

    let counts = NetworkCounts(network.graph)
    // Handed on, so that the converter holds the only copy of the weights.
    let graph = try NetworkArguments.reference(&network, model)
    var proof: String?
    if let referenceFile, let dataset {
      proof = try ReferenceArguments.check(
        graph, samples, referenceFile, dataset, threads: conversion.threads, model, console)
    }
    var converted: ConvertedNetwork
    do throws(ConvertError) {
      converted = try Converter.convert(
        consume graph, calibration: samples.tensors, options: conversion
      ) { console.progress($0, done: $1, total: $2) }
      console.progress("", done: 1, total: 1)
    } catch {
      throw WorkFailure("\(model): \(error)")
    }
    converted.preprocessing = [preprocessing.record(converted.inputQuantization[0])]
    converted.labels = names
    converted.provenance = provenance(network, conversion.method, samples)
    let fileLength = try write(converted, to: output)
    var warnings = samples.warnings
    // Random weights were never trained: nothing they say is right or wrong.
    if !NetworkArguments.isRandom(model), samples.count > 0 {
      let check = ConversionCheck(
        converted, samples, choseRanges: !isQuantized, bundle: output, threads: conversion.threads)
      warnings += check.warnings(console) {
        var network = try NetworkArguments.load(model, options)
        return try NetworkArguments.reference(&network, model)
      }
    }
    let report = ConvertReport(
      output: output, network: network, counts: counts, input: network.input, converted: converted,
      method: conversion.method, samples: samples, preprocessing: preprocessing.summary,
      proof: proof, fileLength: fileLength, nameNotes: nameNotes, warnings: warnings)
    let isJSON = arguments.has(SharedOptions.json)
    for warning in warnings { console.warn(warning, always: !isJSON) }
    console.print(isJSON ? report.json.text : report.text)
    return ExitStatus.done
  }

  private static var missingImages: UsageError {
    UsageError("--calibrate DIR|CSV is missing: give images like those the network will see")
  }

  private static func readDataset(_ path: String) throws -> Dataset {
    do throws(DatasetError) {
      return try Dataset.read(path)
    } catch {
      throw WorkFailure("\(error)")
    }
  }

  private static func write(_ converted: ConvertedNetwork, to path: String) throws -> Int {
    do throws(ConvertError) {
      return try converted.write(to: path)
    } catch {
      throw WorkFailure("\(error)")
    }
  }

  /// The names of `--labels`, else of the class folders when there are as many as classes; with what
  /// should be said of them.
  private static func names(
    _ path: String?, _ dataset: Dataset?, _ network: ImportedNetwork
  ) throws -> (names: [String], notes: [String]) {
    switch network.task {
    case .features, nil:
      guard path == nil else {
        throw UsageError("--labels names classes, and the network's output has none")
      }
      return ([], [])
    case .classes, .multilabel: break
    }
    if let path { return (try LabelFile.read(path, classes: network.outputs), []) }
    guard let dataset, !dataset.classNames.isEmpty else { return ([], []) }
    let folders = dataset.classNames
    guard folders.count == network.outputs else {
      return (
        [],
        [
          "\(Text.counted(folders.count, "class folder")) of \(dataset.path) for "
            + "\(Text.counted(network.outputs, "class", "classes")): their names are not taken "
            + "(--labels FILE gives names)"
        ]
      )
    }
    return (
      folders,
      [
        "class names are those of the class folders of \(dataset.path) in sorted order, the first "
          + "\(folders[0]) (--labels FILE gives others)"
      ]
    )
  }

  private static func provenance(
    _ network: ImportedNetwork, _ method: CalibrationMethod,
    _ samples: CalibrationSamples
  ) -> [(key: String, value: String)] {
    let source = network.source
    let isRandom = source.format == .random
    let name = isRandom ? source.path : FilePath.name(of: source.path)
    var lines = [(key: "source", value: name)]
    if !isRandom { lines.append((key: "source-sha256", value: source.sha256)) }
    if let known = network.recognised {
      lines += [
        (key: "architecture", value: known.architecture.rawValue),
        (key: "width", value: "\(known.width)"),
      ]
    }
    lines.append((key: "input", value: "\(network.input)"))
    if let known = network.recognised {
      lines += [
        (key: "padding", value: known.padding.rawValue),
        (key: "bn-eps", value: "\(known.epsilon)"),
        (key: "first-stride", value: "\(known.firstStride)"),
        (key: "activation", value: known.activation.rawValue),
      ]
    }
    if let task = network.task { lines.append((key: "task", value: task.rawValue)) }
    lines += [
      (key: "calibration", value: "\(method.rawValue), \(samples.source)"),
      (key: "calibration-sha256", value: samples.digest),
      (key: "swiftlet", value: Version.current),
    ]
    return lines
  }
}
