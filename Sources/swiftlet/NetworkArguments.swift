import SwiftletConvert
import SwiftletGraph
import SwiftletImport
import SwiftletPlatform
import SwiftletRunCommands

/// The options that describe a network beyond its weights.
enum NetworkArguments {
  static let options: [any DeclaredOption] = [
    arch, width, input, padding, epsilon, firstStride, activation, weights, task, classes,
  ]

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
    "--input", size: "PIXELS|WxH", in: 1...4096,
    "the input's size (default 224): 320x240 is 320 across and 240 down")
  private static let padding = Option(
    "--padding", value: "STYLE", choices: PaddingStyle.allCases,
    "symmetric (PyTorch), same (TensorFlow) or even (same, as for even sizes); default: what the file "
      + "or its names say")
  private static let epsilon = Option(
    "--bn-eps", value: "E",
    "the batch normalisations' epsilon (default: what the file or its names say)",
    wanted: "a number from 0 to below 1, for example 0.001"
  ) { $0 >= 0 && $0 < 1 }
  private static let firstStride = Option(
    "--first-stride", value: "N", in: 1...2,
    "the first convolution's stride (default 2; often 1 for small pictures)")
  private static let activation = Option(
    "--activation", value: "NAME", choices: NetworkOptions.activations,
    "the network's activation: relu, relu6, hardSwish or silu (default: the architecture's)")
  private static let weights = Option(
    "--weights", value: "WHICH", choices: WeightChoice.allCases,
    "where a checkpoint holds both: model (the trained weights; default) or ema (their average)")
  private static let task = Option(
    "--task", value: "TASK", choices: NetworkTask.allCases,
    "classes (default), multilabel (a sigmoid each) or features (the pooled vector)")
  private static let classes = Option(
    "--classes", value: "N", in: 1...100_000,
    "the number of classes, for random weights only (default 1000)")

  static let reference = Option(
    "--reference", value: "FILE.npy",
    "float32 outputs of the owner's framework, a row an image, to check the network against")

  /// For commands that run the float network.
  static let threads = Option(
    "--threads", value: "N", in: 1...64,
    "worker threads, 1 to 64 (default: all processors that may be used); same result"
  ).reference(
    "worker threads, 1 to 64 (default: one for each processor that the process may use: `taskset` and "
      + "the quota of a container count); the result is the same")

  private static let architectures = Architecture.allCases.map(\.rawValue)

  /// What the command line says about the network.
  static func parse(_ arguments: Arguments, model: String) throws -> NetworkOptions {
    var options = NetworkOptions()
    options.architecture = try arguments[arch]
    options.width = try arguments[width]
    options.input =
      try arguments[input].map { InputSize(width: $0.width, height: $0.height) }
    options.padding = try arguments[padding]
    options.epsilon = try arguments[epsilon].map { Float($0) }
    options.firstStride = try arguments[firstStride]
    options.activation = try arguments[activation]
    options.weights = try arguments[weights]
    options.task = try arguments[task]
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
    let length = graph.largestWeightLength
    if !Memory.isAvailable(length) {
      throw WorkFailure("\(model): \(ConvertError.outOfMemory(byteCount: length))")
    }
    do throws(PassError) {
      try graph.apply(Pass.reference)
    } catch {
      throw WorkFailure("\(model): \(ConvertError(error))")
    }
    return graph
  }

  /// The channels of the image that the network reads.
  ///
  /// - Throws: a sentence for networks that do not read one image.
  static func channels(_ network: ImportedNetwork) throws -> Int {
    guard network.channels > 0 else {
      let shapes = network.graph.inputs.map { port in
        "\(port.name) of \(network.graph.shape(of: port.value))"
      }
      throw WorkFailure(
        "\(network.source.path): expected one input that is an image of 1, 3 or 4 channels, found "
          + Text.list(shapes))
    }
    return network.channels
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
