import SwiftletGraph
import SwiftletPlatform

/// Turns a weight file, or a seed, into a float network.
public enum ModelImporter {
  /// Reads a model, or the weights of a built-in architecture and puts them into its graph.
  ///
  /// - Parameters:
  ///   - path: an ONNX, safetensors or PyTorch file, or `random:SEED` for random weights.
  ///   - options: what is known about the network.
  /// - Returns: the network with a report of how its weights were found.
  /// - Throws: `ImportError`, which names the file and the option, layer or tensor.
  public static func load(
    _ path: String, options: NetworkOptions
  ) throws(ImportError) -> ImportedNetwork {
    let prefix = "random:"
    if path.hasPrefix(prefix) {
      do throws(NetworkProblem) {
        return try random(path, String(path.dropFirst(prefix.count)), options)
      } catch {
        throw .network(file: path, problem: error)
      }
    }
    let file = try FileBytes(path: path)
    if FileKind(of: file) == .onnx { return try onnx(file, path: path, options) }
    return try network(
      WeightFile.read(file, path: path, weights: options.weights), options: options)
  }

  private static func onnx(
    _ file: FileBytes, path: String, _ options: NetworkOptions
  ) throws(ImportError) -> ImportedNetwork {
    do throws(NetworkProblem) {
      try options.checkModel()
    } catch {
      throw .network(file: path, problem: error)
    }
    let found: ONNXImporter.Result
    do throws(ONNXProblem) {
      found = try ONNXImporter.read(file, path: path, size: options.input)
    } catch {
      // What is wrong may be only that it could not be read.
      try file.checkWasRead(path: path)
      throw .onnx(path: path, error)
    }
    let digest = file.sha256()
    try file.checkWasRead(path: path)
    return ImportedNetwork(
      graph: found.graph, task: options.task,
      source: .init(path: path, format: .onnx, sha256: digest), notes: found.notes)
  }

  /// Puts the weights of a file that was read before into its architecture's graph.
  ///
  /// - Throws: `ImportError.network`.
  public static func network(
    _ file: WeightFile, options: NetworkOptions
  ) throws(ImportError) -> ImportedNetwork {
    do throws(NetworkProblem) {
      try options.check()
      let (network, notes) = try Bystanders.remove(from: file, options.weights)
      var found = try Recognition(network, options)
      found.notes = file.notes + notes + found.notes
      return try assemble(network, found, options)
    } catch {
      throw .network(file: file.path, problem: error)
    }
  }

  private static func assemble(
    _ file: WeightFile, _ found: Recognition, _ options: NetworkOptions
  ) throws(NetworkProblem) -> ImportedNetwork {
    let architecture = found.architecture
    let description = architecture.description(width: found.width)
    if found.head != .classifier, options.task != .features {
      throw .noClassifier(network: description)
    }
    var variant = architecture.variant(width: found.width, classes: found.classes)
    variant.input = options.input ?? 224
    variant.channels = found.channels
    // Whatever stands after the pooled vector is not asked for.
    let endsEarly = options.task == .features && found.head == .classifier
    variant.head = endsEarly ? .pooled : found.head
    variant.isFolded = !file.tensors.contains { TensorRole.split($0.name)?.role == .mean }
    // The names of the layers do not depend on what is still open.
    let matching = NameMatching(file, architecture, try architecture.graph(variant).weightLayers)
    let isByName = matching.score >= 0.5
    let choices = try Choices(
      file, architecture, isByName ? matching.naming : nil, options, network: description,
      isFolded: variant.isFolded)
    variant.convention = choices.convention

    var graph = try architecture.graph(variant)
    let layers = graph.weightLayers
    let parameters: [LayerParameters]
    let method: MatchReport.Method
    var notes = found.notes + choices.notes
    var beside: [String] = []
    if isByName {
      (parameters, beside) = try matching.match(
        network: description, allowingOtherModules: endsEarly)
      method = file.format == .random ? .random : .name
      graph.rename(layers, to: matching.layerNames)
      if !beside.isEmpty { notes.append(Bystanders.note(beside)) }
    } else {
      let byOrder = try OrderMatching(file, layers, network: description)
      (parameters, method) = (byOrder.parameters, byOrder.method)
    }
    for layer in parameters { try layer.checkValues() }
    for (layer, tensors) in zip(layers, parameters) { graph.bind(layer, to: tensors) }
    do throws(GraphError) {
      try graph.checkConstants()
    } catch {
      throw .layer(error.layer, error.problem)
    }
    let report = MatchReport(
      method: method, pairs: zip(parameters, layers).flatMap { $0.pairs($1) },
      ignored: file.ignored + beside)
    return ImportedNetwork(
      graph: graph, task: options.task ?? (found.classes == 1 ? .multilabel : .classes),
      recognised: .init(
        architecture: architecture, width: found.width, convention: choices.convention,
        report: report),
      source: .init(path: file.path, format: file.format, sha256: file.sha256), notes: notes)
  }

  private static func random(
    _ path: String, _ text: String, _ options: NetworkOptions
  ) throws(NetworkProblem) -> ImportedNetwork {
    guard let seed = UInt64(text) else { throw .seed(text) }
    guard let architecture = options.architecture else { throw .randomNeedsArchitecture }
    try options.check()
    if let width = options.width, width != 1, !architecture.hasWidth {
      throw .optionNotApplicable("width", architecture: architecture)
    }
    var variant = architecture.variant(
      width: options.width ?? 1, classes: options.classes ?? 1000)
    if let activation = options.activation { variant.convention.activation = activation }
    let graph = try architecture.graph(variant)
    // The network's constants will share the memory of the tensors.
    let byteCount = graph.weightsLength
    if !Memory.isAvailable(byteCount) { throw .outOfMemory(byteCount: byteCount) }
    let file = WeightFile(
      path: path, format: .random, tensors: RandomWeights.tensors(graph, seed: seed))
    var known = options
    known.width = variant.width
    return try assemble(file, try Recognition(file, known), known)
  }
}
