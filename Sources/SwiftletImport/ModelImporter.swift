import SwiftletGraph
import SwiftletPlatform

/// Turns a weight file, or a seed, into a float network.
public enum ModelImporter {
  /// Reads the weights of a built-in architecture and puts them into its graph.
  ///
  /// - Parameters:
  ///   - path: a safetensors or PyTorch file, or `random:SEED` for random weights.
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
    return try network(WeightFile.read(path), options: options)
  }

  /// Puts the weights of a file that was read before into its architecture's graph.
  ///
  /// - Throws: `ImportError.network`.
  public static func network(
    _ file: WeightFile, options: NetworkOptions
  ) throws(ImportError) -> ImportedNetwork {
    do throws(NetworkProblem) {
      try check(options)
      return try assemble(file, try Recognition(file, options), options)
    } catch {
      throw .network(file: file.path, problem: error)
    }
  }

  private static func check(_ options: NetworkOptions) throws(NetworkProblem) {
    try options.check()
    guard let architecture = options.architecture else { return }
    if let width = options.width, width != 1, !architecture.hasWidth {
      throw .optionNotApplicable("width", architecture: architecture)
    }
    if options.activation != nil, !architecture.hasActivationChoice {
      throw .optionNotApplicable("activation", architecture: architecture)
    }
  }

  private static func assemble(
    _ file: WeightFile, _ found: Recognition, _ options: NetworkOptions
  ) throws(NetworkProblem) -> ImportedNetwork {
    let architecture = found.architecture
    if options.activation != nil, !architecture.hasActivationChoice {
      throw .optionNotApplicable("activation", architecture: architecture)
    }
    var notes = found.notes
    let padding = choosePadding(file, options, &notes)
    let epsilon = chooseEpsilon(file, architecture, padding, &notes)
    let activation = options.activation ?? architecture.defaultActivation
    if options.activation == nil, architecture.hasActivationChoice {
      notes.append("activation \(activation.rawValue), as is usual for \(architecture.rawValue)")
    }
    var graph = try architecture.graph(
      NetworkVariant(
        width: found.width, classes: found.classes, epsilon: epsilon, activation: activation,
        side: options.input, padding: padding))
    let layers = graph.weightLayers
    let (parameters, method) = try match(
      file, layers, network: architecture.description(width: found.width))
    for layer in parameters { try layer.checkValues() }
    for (layer, tensors) in zip(layers, parameters) { graph.bind(layer, to: tensors) }
    do throws(GraphError) {
      try graph.checkConstants()
    } catch {
      throw .layer(error.layer, error.problem)
    }
    return ImportedNetwork(
      graph: graph, architecture: architecture, width: found.width, classes: found.classes,
      padding: padding, activation: firstActivation(graph),
      report: MatchReport(
        method: method, pairs: zip(parameters, layers).flatMap { $0.pairs($1) },
        ignored: file.ignored),
      source: .init(path: file.path, format: file.format, sha256: file.sha256), notes: notes)
  }

  /// Each layer's tensors, by their names if most have the expected one, else by order and shape.
  private static func match(
    _ file: WeightFile, _ layers: [WeightLayer], network: String
  ) throws(NetworkProblem) -> ([LayerParameters], MatchReport.Method) {
    let byName = NameMatching(file, layers)
    if byName.score >= 0.5 {
      return (try byName.match(network: network), file.format == .random ? .random : .name)
    }
    let byOrder = try OrderMatching(file, layers, network: network)
    return (byOrder.parameters, byOrder.method)
  }

  private static func firstActivation(_ graph: Graph) -> Activation? {
    for node in graph.nodes {
      if case .activation(let activation) = node.operation { return activation }
    }
    return nil
  }

  private static func choosePadding(
    _ file: WeightFile, _ options: NetworkOptions, _ notes: inout [String]
  ) -> PaddingStyle {
    if let given = options.padding { return given }
    if let stated = file.metadata["padding"],
      stated.uppercased().contains("SAME") || stated.contains("F.pad (0,1,0,1)")
    {
      notes.append("padding same, from the file's metadata")
      return .same
    }
    notes.append("padding symmetric, since neither option nor file says otherwise")
    return .symmetric
  }

  private static func chooseEpsilon(
    _ file: WeightFile, _ architecture: Architecture, _ padding: PaddingStyle,
    _ notes: inout [String]
  ) -> Float {
    if let stated = file.metadata["bn_eps"].flatMap(Float.init), stated >= 0, stated < 1 {
      notes.append("batch-norm epsilon \(stated), from the file's metadata")
      return stated
    }
    let usual = architecture.defaultEpsilon(padding)
    if architecture == .mobilenetV1 {
      notes.append("batch-norm epsilon \(usual), as is usual with \(padding.rawValue) padding")
    }
    return usual
  }

  private static func random(
    _ path: String, _ text: String, _ options: NetworkOptions
  ) throws(NetworkProblem) -> ImportedNetwork {
    guard let seed = UInt64(text) else { throw .seed(text) }
    guard let architecture = options.architecture else { throw .randomNeedsArchitecture }
    try check(options)
    var variant = architecture.variant(
      width: options.width ?? 1, classes: options.classes ?? 1000)
    if let activation = options.activation { variant.activation = activation }
    let graph = try architecture.graph(variant)
    // The network's constants will share the memory of the tensors.
    let byteCount = graph.weightsLength
    if !Memory.isAvailable(byteCount) { throw .outOfMemory(byteCount: byteCount) }
    let file = WeightFile(
      path: path, format: .random, tensors: RandomWeights.tensors(graph, seed: seed), ignored: [],
      metadata: [:], sha256: "")
    var known = options
    known.width = variant.width
    return try assemble(file, try Recognition(file, known), known)
  }
}
