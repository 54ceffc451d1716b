import SwiftletConvert
import SwiftletGraph
import SwiftletImport
import SwiftletRunCommands

/// The options that describe a network beyond its weights.
enum NetworkArguments {
  static let options: [any DeclaredOption] = [arch, width, input, padding, activation, classes]

  static let arch = Option(
    "--arch", value: "NAME", words: architectures,
    "the architecture (default: recognised from the weights): " + Text.list(architectures)
  ) { (name) throws(UsageError) in
    if let architecture = Architecture(name: name) { return architecture }
    let near = Nearest.matches(name, in: architectures, limit: 1).first
    throw UsageError(
      "--arch takes \(Text.list(architectures)), not '\(name)'"
        + (near.map { "; did you mean \($0)?" } ?? ""))
  }
  private static let width = Option(
    "--width", value: "X", "the width multiplier (default: recognised)",
    wanted: "a multiplier from 0.05 to 4"
  ) { $0 >= 0.05 && $0 <= 4 }
  static let input = Option(
    "--input", value: "PIXELS", in: 1...4096, default: 224,
    "the input's height and width (default 224)")
  private static let padding = Option(
    "--padding", value: "STYLE", choices: PaddingStyle.allCases,
    "symmetric (PyTorch) or same (TensorFlow); default: what the file says, else symmetric")
  static let activation = Option(
    "--activation", value: "NAME", choices: [Activation.relu, .relu6],
    "relu or relu6, for the MobileNetV1 family only")
  private static let classes = Option(
    "--classes", value: "N", in: 1...100_000,
    "the number of classes, for random weights only (default 1000)")

  private static let architectures = Architecture.allCases.map(\.rawValue)

  /// What the command line says about the network.
  static func parse(_ arguments: Arguments, model: String) throws -> NetworkOptions {
    var options = NetworkOptions()
    options.architecture = try arguments[arch]
    options.width = try arguments[width]
    options.input = try arguments[input]
    options.padding = try arguments[padding]
    options.activation = try arguments[activation]
    options.classes = try arguments[classes]
    if options.classes != nil && !isRandom(model) {
      throw UsageError("--classes is for random:SEED only; a file's last layer tells its classes")
    }
    if let seed = randomSeed(model) {
      guard UInt64(seed) != nil else {
        throw UsageError("random:SEED takes a whole number, for example random:1, not '\(model)'")
      }
    }
    return options
  }

  /// Whether MODEL is `random:SEED`.
  static func isRandom(_ model: String) -> Bool { randomSeed(model) != nil }

  /// The text after `random:`.
  static func randomSeed(_ model: String) -> String? {
    let prefix = "random:"
    return model.hasPrefix(prefix) ? String(model.dropFirst(prefix.count)) : nil
  }

  /// Refuses random weights of a network that nobody named.
  static func requireArchitecture(_ model: String, _ options: NetworkOptions) throws {
    guard isRandom(model) && options.architecture == nil else { return }
    throw UsageError(
      "--arch NAME is missing: random weights need one of " + Text.list(architectures))
  }

  /// The network's graph, handed over, after the passes that make the float reference of it.
  static func reference(_ network: inout ImportedNetwork, _ model: String) throws -> Graph {
    var graph = network.takeGraph()
    do throws(PassError) {
      try graph.apply(Pass.reference)
    } catch {
      throw WorkFailure("\(model): \(ConvertError(error))")
    }
    return graph
  }

  /// Loads the model; what is wrong with it becomes a failure.
  static func load(_ model: String, _ options: NetworkOptions) throws -> ImportedNetwork {
    do throws(ImportError) {
      return try ModelImporter.load(model, options: options)
    } catch {
      throw WorkFailure("\(error)")
    }
  }
}
