import SwiftletGraph
import SwiftletImport
import SwiftletRunCommands

/// The options that describe a network beyond its weights.
enum NetworkArguments {
  static let options = [
    CommandOption(
      "--arch", value: "NAME", words: architectures,
      "the architecture (default: recognised from the weights): " + Text.list(architectures)),
    CommandOption("--width", value: "X", "the width multiplier (default: recognised)"),
    CommandOption("--input", value: "PIXELS", "the input's height and width (default 224)"),
    CommandOption(
      "--padding", value: "STYLE", words: paddings,
      "symmetric (PyTorch) or same (TensorFlow); default: what the file says, else symmetric"),
    CommandOption(
      "--activation", value: "NAME", words: activations,
      "relu or relu6, for the MobileNetV1 family only"),
    CommandOption(
      "--classes", value: "N", "the number of classes, for random weights only (default 1000)"),
  ]

  private static let architectures = Architecture.allCases.map(\.rawValue)
  private static let paddings = PaddingStyle.allCases.map(\.rawValue)
  private static let activations = [Activation.relu, .relu6].map(\.rawValue)

  /// What the command line says about the network.
  static func parse(_ arguments: Arguments, model: String) throws -> NetworkOptions {
    var options = NetworkOptions()
    if let name = arguments.value("--arch") {
      guard let architecture = Architecture(name: name) else {
        let near = Nearest.matches(name, in: architectures, limit: 1).first
        throw UsageError(
          "--arch takes \(Text.list(architectures)), not '\(name)'"
            + (near.map { "; did you mean \($0)?" } ?? ""))
      }
      options.architecture = architecture
    }
    options.width = try arguments.number("--width", "a multiplier from 0.05 to 4") {
      $0 >= 0.05 && $0 <= 4
    }
    options.input = try arguments.integer("--input", in: 1...4096) ?? 224
    options.padding = try arguments.choice("--padding", paddings).flatMap(PaddingStyle.init)
    options.activation = try arguments.choice("--activation", activations)
      .flatMap(Activation.init)
    options.classes = try arguments.integer("--classes", in: 1...100_000)
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

  /// Loads the model; what is wrong with it becomes a failure.
  static func load(_ model: String, _ options: NetworkOptions) throws -> ImportedNetwork {
    do throws(ImportError) {
      return try ModelImporter.load(model, options: options)
    } catch {
      throw WorkFailure("\(error)")
    }
  }
}
