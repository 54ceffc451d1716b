import SwiftletInference
import SwiftletPlatform
import SwiftletRuntime

/// `swiftlet inspect`: what a bundle holds.
public enum InspectCommand {
  /// The command with its help.
  public static let command = Command(description) { arguments, console in
    try execute(arguments, console)
  }

  /// Prints what the bundle holds that the first operand names.
  public static func execute(_ arguments: Arguments, _ console: Console) throws -> Int32 {
    let bundle = try LoadedBundle(
      path: arguments.operands[0], mapped: !arguments.has(SharedOptions.noMap))
    let isJSON = arguments.has(SharedOptions.json)
    let arenaLength = try bundle.arenaLength()
    console.print(
      isJSON
        ? json(bundle.info, arenaLength: arenaLength).text
        : text(bundle.info, arenaLength: arenaLength))
    return ExitStatus.done
  }

  /// What the command is and takes. `swiftlet`, which can read networks, adds to it.
  public static let description = CommandDescription(
    name: "inspect", summary: "print what a bundle holds",
    operands: ["BUNDLE"], options: options,
    details: [
      """
      Prints where the bundle comes from, how images become its input, its operations with their
      output tensors, sizes and quantisation (real = scale · (q − zero point)), and its classes.
      The tensors' names are those that 'swiftlet run --output-tensor NAME=FILE' takes.
      """
    ],
    examples: [
      .init("swiftlet inspect mobilenet.swiftlet", "For people."),
      .init("swiftlet inspect mobilenet.swiftlet --json", "For programs: every field."),
    ], reference: reference)

  /// The options that concern bundles.
  public static let options: [any DeclaredOption] = [SharedOptions.noMap, SharedOptions.json]

  private static let reference = ReferenceText(
    outputs: [
      JSONOutput([
        JSONField("bundle", "the file"), JSONField("file_bytes", "its length"),
        JSONField("weight_bytes", "packed weights in it"),
        JSONField("arena_bytes", "memory of the tensors in a run on one thread"),
        JSONField("macs", "multiply-accumulates of a run, padding included"),
        JSONField("inputs", "the network's inputs", port),
        JSONField("outputs", "its outputs", port),
        JSONField(
          "preprocessing", "how images become the input; `null` where the bundle does not say",
          [
            JSONField("resize", "pixels of the short side before the crop; 0: squashed"),
            JSONField("crop_height", "rows of the crop"),
            JSONField("crop_width", "columns of the crop"),
            JSONField("interpolation", "`nearest`, `bilinear` or `bicubic`"),
            JSONField("mean", "of red, green and blue, on the scale 0…1"),
            JSONField("std", "the deviations by which the difference is divided"),
          ]),
        JSONField("labels", "names of the classes; may be empty"),
        JSONField("provenance", "where the bundle comes from, an object of texts"),
        JSONField(
          "tensors", "an object for each tensor",
          [
            JSONField("name", "unique in the bundle"),
            JSONField("source", "the float layer whose result it holds"),
            JSONField("shape", "height, width and channels"), JSONField("type", "`int8`"),
            JSONField("scale", "one, or one a channel: real = scale · (q − zero point)"),
            JSONField("zero_point", "as many"),
          ]),
        JSONField(
          "operations", "an object for each operation, in the order of execution",
          [
            JSONField("name", "the source layer"), JSONField("kind", "what it computes"),
            JSONField("epilogue", "how its sums become int8"),
            JSONField("window", "kernel and stride; empty without a window"),
            JSONField("inputs", "names of tensors"), JSONField("output", "the name of a tensor"),
            JSONField("macs", "multiply-accumulates"),
            JSONField("weight_bytes", "packed weights in the file"),
          ]),
      ])
    ])

  private static let port = [
    JSONField("name", "the name that programs use"),
    JSONField("tensor", "the name of its tensor"),
    JSONField("shape", "height, width and channels"),
  ]

  private static func text(_ info: BundleInfo, arenaLength: Int) -> String {
    var lines = [
      "\(info.path)",
      "  file       \(Text.bytes(info.fileLength)), weights \(Text.bytes(info.weightsLength))",
      "  work       \(Text.fixed(Double(info.macs) / 1e6, 1)) M multiply-accumulates, arena "
        + Text.bytes(arenaLength),
    ]
    for (role, ports) in [("input ", info.inputs), ("output", info.outputs)] {
      for port in ports {
        let tensor = info.tensors[port.tensor]
        lines.append(
          "  \(role)     \(ShownText.name(port.name)): \(tensor.shape) int8, "
            + quantization(tensor))
      }
    }
    lines.append("  images     \(preprocessing(info.preprocessing))")
    if info.labels.isEmpty {
      lines.append("  classes    no names")
    } else {
      let shown = info.labels.prefix(4).map(ShownText.name).joined(separator: ", ")
      let more = info.labels.count > 4 ? ", …" : ""
      lines.append("  classes    \(Text.grouped(info.labels.count)): \(shown)\(more)")
    }
    if !info.provenance.isEmpty {
      lines.append("\nProvenance")
      let keys = info.provenance.map { ShownText.name($0.key) }
      let width = keys.map(\.count).max() ?? 0
      for (key, line) in zip(keys, info.provenance) {
        lines.append("  \(Text.left(key, width))  \(Text.printable(line.value))")
      }
    }
    lines.append("\nOperations\n\(table(info))")
    return lines.joined(separator: "\n")
  }

  private static func table(_ info: BundleInfo) -> String {
    let rows = info.operations.map { operation in
      let tensor = info.tensors[operation.output]
      var kind = operation.kind
      if !operation.window.isEmpty { kind += " " + operation.window }
      if operation.epilogue != "requantize" { kind += " + " + operation.epilogue }
      return [
        Text.printable(operation.name), kind, Text.printable(tensor.name), tensor.shape,
        quantization(tensor), Text.fixed(Double(operation.macs) / 1e6, 2),
        Text.grouped(operation.weightBytes),
      ]
    }
    return Text.table(
      ["layer", "operation", "tensor", "shape", "quantisation", "M MAC", "weight bytes"], rows,
      [.left, .left, .left, .left, .left, .right, .right])
  }

  private static func quantization(_ tensor: BundleInfo.Tensor) -> String {
    guard tensor.quantization.count > 1 else {
      let record = tensor.quantization[0]
      return "\(record.scale) · (q \(signed(record.zeroPoint)))"
    }
    let scales = tensor.quantization.map(\.scale)
    return "per channel, scales \(scales.min() ?? 0) … \(scales.max() ?? 0)"
  }

  private static func signed(_ zeroPoint: Int32) -> String {
    zeroPoint < 0 ? "+ \(-zeroPoint)" : "− \(zeroPoint)"
  }

  private static func preprocessing(_ record: PreprocessingRecord?) -> String {
    guard let record else { return "the bundle does not say how they become the input" }
    let filter = record.interpolation
    let crop = "\(record.cropWidth)×\(record.cropHeight)"
    let resize =
      record.resize == 0
      ? "resized to \(crop) (\(filter))"
      : "short side resized to \(record.resize) (\(filter)), centre \(crop)"
    let mean = record.mean.map { "\($0)" }.joined(separator: ", ")
    let deviation = record.deviation.map { "\($0)" }.joined(separator: ", ")
    return "\(resize), RGB, mean \(mean), std \(deviation)"
  }

  private static func json(_ info: BundleInfo, arenaLength: Int) -> JSONValue {
    .object([
      .init("bundle", .string(info.path)), .init("file_bytes", .integer(info.fileLength)),
      .init("weight_bytes", .integer(info.weightsLength)),
      .init("arena_bytes", .integer(arenaLength)), .init("macs", .integer(info.macs)),
      .init("inputs", .array(info.inputs.map { port($0, info) })),
      .init("outputs", .array(info.outputs.map { port($0, info) })),
      .init("preprocessing", json(info.preprocessing)), .init("labels", .strings(info.labels)),
      .init(
        "provenance", .object(info.provenance.map { .init($0.key, .string($0.value)) })),
      .init("tensors", .array(info.tensors.map(json))),
      .init("operations", .array(info.operations.map { json($0, info) })),
    ])
  }

  private static func port(_ port: BundleInfo.Port, _ info: BundleInfo) -> JSONValue {
    .object([
      .init("name", .string(port.name)), .init("tensor", .string(info.tensors[port.tensor].name)),
      .init("shape", info.tensors[port.tensor].jsonShape),
    ])
  }

  private static func json(_ record: PreprocessingRecord?) -> JSONValue {
    guard let record else { return .null }
    return .object([
      .init("resize", .integer(Int(record.resize))),
      .init("crop_height", .integer(Int(record.cropHeight))),
      .init("crop_width", .integer(Int(record.cropWidth))),
      .init("interpolation", .string("\(record.interpolation)")),
      .init("mean", .array(record.mean.map { .number($0) })),
      .init("std", .array(record.deviation.map { .number($0) })),
    ])
  }

  private static func json(_ tensor: BundleInfo.Tensor) -> JSONValue {
    .object([
      .init("name", .string(tensor.name)), .init("source", .string(tensor.source)),
      .init("shape", tensor.jsonShape), .init("type", "int8"),
      .init("scale", .array(tensor.quantization.map { .number($0.scale) })),
      .init("zero_point", .array(tensor.quantization.map { .integer(Int($0.zeroPoint)) })),
    ])
  }

  private static func json(_ operation: BundleInfo.Operation, _ info: BundleInfo) -> JSONValue {
    .object([
      .init("name", .string(operation.name)), .init("kind", .string(operation.kind)),
      .init("epilogue", .string(operation.epilogue)), .init("window", .string(operation.window)),
      .init("inputs", .strings(operation.inputs.map { info.tensors[$0].name })),
      .init("output", .string(info.tensors[operation.output].name)),
      .init("macs", .integer(operation.macs)),
      .init("weight_bytes", .integer(operation.weightBytes)),
    ])
  }
}
