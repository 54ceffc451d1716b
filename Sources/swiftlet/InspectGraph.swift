import SwiftletConvert
import SwiftletGraph
import SwiftletImport
import SwiftletRunCommands

/// `swiftlet inspect`: what a bundle holds, or with `--graph` the float network of a model.
enum InspectGraph {
  static let command = Command(description) { arguments, console in
    if arguments.has(graph) { return try execute(arguments, console) }
    let operand = arguments.operands[0]
    if InspectModel.isModel(operand) {
      for option in networkOptions
      where arguments.has(option)
        && option.description.name != NetworkArguments.input.description.name
      {
        throw UsageError("\(option.description.name) is for --graph only")
      }
      return try InspectModel.execute(operand, arguments, console)
    }
    for option in networkOptions where arguments.has(option) {
      throw UsageError(
        "\(option.description.name) is for --graph only, which prints the float graph of a MODEL")
    }
    do {
      return try InspectCommand.execute(arguments, console)
    } catch let failure as WorkFailure where isModel(arguments.operands[0]) {
      throw WorkFailure("\(failure.message); for the float graph of a MODEL give --graph")
    }
  }

  /// Whether a name is that of a model rather than of a bundle.
  private static func isModel(_ operand: String) -> Bool {
    NetworkArguments.isRandom(operand)
      || [".pth", ".pt", ".tar", ".safetensors"].contains { operand.hasSuffix($0) }
  }

  private static let bundles = InspectCommand.description

  private static let description = CommandDescription(
    name: bundles.name, summary: "print what a bundle or a model holds, or a network's float graph",
    operands: ["BUNDLE|MODEL"],
    options: InspectCommand.options + [graph] + networkOptions,
    details: bundles.details + [
      """
      Of an ONNX model it prints inputs, outputs and operators, and why it would be refused, if it
      would; --input says the image's size where the model leaves it open.
      """,
      """
      With --graph the operand is a MODEL as 'swiftlet convert' takes it, and its float graph is
      printed: a line for each value (%8) with its shape, what computes it from which values, and
      the layer's name, or those of the first and the last layer that are joined in it. --after and
      the options from --arch on are for --graph only, --no-map and --json for bundles only. The
      network is rewritten pass by pass on its way to a bundle; --after shows it after any of them:
      """,
      passes,
    ],
    examples: bundles.examples + [
      .init("swiftlet inspect mobilenet.onnx", "Whether a model can be converted."),
      .init("swiftlet inspect --graph mobilenet.pth", "What the bundle's operations are made of."),
      .init(
        "swiftlet inspect --graph mobilenet.pth --after import",
        "The network as its file has it."),
    ], reference: bundles.reference)

  private static let graph = Option("--graph", "print the float graph of a MODEL")
  private static let after = Option(
    "--after", value: "PASS",
    choices: [(word: "import", meaning: 0)]
      + Pass.all.enumerated().map { (word: $1.name, meaning: $0 + 1) },
    "with --graph: the last pass that is applied (default: all are)")

  private static let networkOptions: [any DeclaredOption] = [after] + NetworkArguments.options

  private static let passes =
    (["  import                  as the file states it"]
    + Pass.all.map { "  \(Text.left($0.name, 22))  \($0.summary)" }).joined(separator: "\n")

  private static func execute(_ arguments: Arguments, _ console: Console) throws -> Int32 {
    for option in [SharedOptions.noMap, SharedOptions.json] where arguments.has(option) {
      throw UsageError("\(option.description.name) is for bundles; --graph does not take it")
    }
    let model = arguments.operands[0]
    let options = try NetworkArguments.parse(arguments, model: model)
    try NetworkArguments.requireArchitecture(model, options)
    let count = try arguments[after] ?? Pass.all.count
    var network = try NetworkArguments.load(model, options)
    var graph = network.takeGraph()
    do throws(PassError) {
      try graph.apply(Array(Pass.all.prefix(count)))
    } catch {
      throw WorkFailure("\(model): \(ConvertError(error))")
    }
    console.print(
      graph.listing.split(separator: "\n").map { Text.printable(String($0)) }.joined(
        separator: "\n"))
    return ExitStatus.done
  }
}
