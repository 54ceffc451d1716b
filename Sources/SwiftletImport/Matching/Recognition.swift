/// The architecture, width and class count of a file.
struct Recognition {
  let architecture: Architecture
  let width: Double
  let classes: Int
  /// The image's channels.
  let channels: Int
  /// Where the network ends in the file.
  let head: NetworkVariant.Head
  /// What was found out rather than told, one sentence each.
  var notes: [String] = []

  /// Finds the network whose weights have exactly the file's shapes.
  ///
  /// Widths are tried from the usual ones to every hundredth up to 2. When nothing fits, but the
  /// options or the names say which architecture is meant, that one is returned at the width that
  /// comes nearest, so that matching can name what is wrong.
  ///
  /// - Throws: `unrecognized`, `ambiguous` or `otherNetwork`.
  init(_ file: WeightFile, _ options: NetworkOptions) throws(NetworkProblem) {
    let shapes = ShapeCounts(file.tensors.map(\.shape))
    let candidates = options.architecture.map { [$0] } ?? Architecture.allCases
    var fits: [Fit] = []
    for architecture in candidates {
      if let fit = try Recognition.fit(architecture, options.width, shapes) { fits.append(fit) }
    }
    if fits.count > 1 { fits = try Recognition.preferByVectors(fits, file) }
    if fits.count > 1 { fits = try Recognition.preferByName(fits, file) }
    if fits.count > 1 { throw .ambiguous(fits.map(\.architecture)) }
    if let fit = fits.first {
      self.init(fit, options)
      return
    }
    if let asked = options.architecture {
      try Recognition.refuseOther(asked, options.width, shapes)
    }
    var named = options.architecture
    if named == nil { named = try Recognition.byName(file) }
    guard let named, !file.tensors.isEmpty else {
      throw .unrecognized(
        tensors: file.tensors.count, first: Array(file.tensors.map(\.name).prefix(4)))
    }
    self.init(try Recognition.nearest(named, options.width, shapes, file), options)
  }

  private struct Fit {
    var architecture: Architecture
    var width: Double
    var classes: Int
    var channels = 3
    var head = NetworkVariant.Head.classifier
  }

  private init(_ fit: Fit, _ options: NetworkOptions) {
    architecture = fit.architecture
    width = fit.width
    classes = fit.classes
    channels = fit.channels
    head = fit.head
    if options.architecture == nil {
      notes.append("architecture \(architecture.rawValue) recognised from names and shapes")
    }
    if options.width == nil, architecture.hasWidth {
      notes.append("width \(width) recognised from the shapes")
    }
  }

  private static let usualWidths = [
    1.0, 0.5, 0.75, 0.25, 0.35, 1.4, 1.3, 1.25, 1.5, 2.0, 0.125, 3.0, 4.0,
  ]

  private static func widths(_ architecture: Architecture, _ given: Double?) -> [Double] {
    if let given { return [given] }
    if !architecture.hasWidth { return [1] }
    return usualWidths + (5...200).map { Double($0) / 100 }
  }

  private static func layers(
    _ architecture: Architecture, _ width: Double, classes: Int
  ) throws(NetworkProblem) -> [WeightLayer] {
    try architecture.graph(architecture.variant(width: width, classes: classes)).weightLayers
  }

  /// The first width at which all the shapes agree, whatever the class count, the image's channels and
  /// where the network ends.
  private static func fit(
    _ architecture: Architecture, _ width: Double?, _ shapes: ShapeCounts
  ) throws(NetworkProblem) -> Fit? {
    let widths = widths(architecture, width)
    let heads =
      architecture.hasHiddenLayer
      ? NetworkVariant.Head.allCases : [.classifier, .pooled]
    for head in heads {
      var variant = architecture.variant(width: widths[0], classes: 1)
      variant.head = head
      // One graph rules out most architectures: the number of layers depends on the width only where
      // that is so small (MobileNetV3 below 0.2) that it has to be given.
      guard try architecture.graph(variant).weightLayers.count == shapes.total else { continue }
      for channels in [3, 1, 4] {
        variant.channels = channels
        for width in widths {
          variant.width = width
          if let classes = classes(architecture, variant, shapes) {
            return Fit(
              architecture: architecture, width: width, classes: classes, channels: channels,
              head: head)
          }
        }
      }
    }
    return nil
  }

  /// The number of classes (of features, where there is no classifier) of a variant that all the shapes
  /// are those of; nil for others.
  private static func classes(
    _ architecture: Architecture, _ variant: NetworkVariant, _ shapes: ShapeCounts
  ) -> Int? {
    var network = ArchitectureBuilder(variant, offered: shapes)
    do throws(NetworkProblem) {
      try architecture.build(&network)
    } catch {
      return nil
    }
    guard variant.head == .classifier else {
      guard network.offered?.total == 0, let output = network.graph.outputs.first else {
        return nil
      }
      return network.graph.shape(of: output.value).count
    }
    // What is left must be the classifier's weights.
    guard let rest = network.offered?.only, rest.count == 2,
      let classifier = network.graph.nodes.last?.operation.definition.linear,
      rest[1] == classifier.weightsPerChannel
    else { return nil }
    return rest[0]
  }

  /// Says so when the tensors fit another architecture or width than the one asked for.
  private static func refuseOther(
    _ asked: Architecture, _ width: Double?, _ shapes: ShapeCounts
  ) throws(NetworkProblem) {
    for architecture in Architecture.allCases {
      if let fit = try fit(architecture, nil, shapes) {
        throw .otherNetwork(
          asked: asked.description(width: width),
          found: architecture.description(width: fit.width))
      }
    }
  }

  private static func score(
    _ file: WeightFile, _ architecture: Architecture, _ width: Double, classes: Int
  ) throws(NetworkProblem) -> Double {
    NameMatching(file, architecture, try layers(architecture, width, classes: classes)).score
  }

  /// The networks with batch normalisations where the file has vectors for them, else those without.
  private static func preferByVectors(
    _ fits: [Fit], _ file: WeightFile
  ) throws(NetworkProblem) -> [Fit] {
    let vectors = file.tensors.count { $0.shape.count == 1 }
    var distances: [Int] = []
    for fit in fits {
      let layers = try layers(fit.architecture, fit.width, classes: fit.classes)
      let norms = layers.count { $0.norm != nil }
      // Every layer may have a bias beside them.
      distances.append(min(abs(4 * norms - vectors), abs(4 * norms + layers.count - vectors)))
    }
    let least = distances.min() ?? 0
    return zip(fits, distances).filter { $0.1 == least }.map(\.0)
  }

  private static func preferByName(
    _ fits: [Fit], _ file: WeightFile
  ) throws(NetworkProblem) -> [Fit] {
    var scores: [Double] = []
    for fit in fits {
      scores.append(try score(file, fit.architecture, fit.width, classes: fit.classes))
    }
    let best = scores.max() ?? 0
    guard best > 0 else { return fits }
    return zip(fits, scores).filter { $0.1 == best }.map(\.0)
  }

  /// The architecture most of whose layers' names the file has.
  private static func byName(_ file: WeightFile) throws(NetworkProblem) -> Architecture? {
    var scored: [(Architecture, Double)] = []
    for architecture in Architecture.allCases {
      scored.append((architecture, try score(file, architecture, 1, classes: 1)))
    }
    guard let best = scored.max(by: { $0.1 < $1.1 }), best.1 >= 0.7 else { return nil }
    return best.0
  }

  /// The width with the most shapes in common, and the class count the classifier suggests.
  private static func nearest(
    _ architecture: Architecture, _ width: Double?, _ shapes: ShapeCounts, _ file: WeightFile
  ) throws(NetworkProblem) -> Fit {
    let options: [Double] = width.map { [$0] } ?? (architecture.hasWidth ? usualWidths : [1])
    var scored: [(Double, Int)] = []
    for width in options {
      let layers = try layers(architecture, width, classes: 1)
      scored.append((width, shapes.common(with: ShapeCounts(layers.map(\.weight.shape)))))
    }
    // A few shapes in common are chance: then width 1 is as good as any.
    let likely = scored.filter { 2 * $0.1 > shapes.total }
    let best = likely.reduce(likely.first ?? scored[0]) { $1.1 > $0.1 ? $1 : $0 }.0
    let matching = NameMatching(file, architecture, try layers(architecture, best, classes: 1))
    let classifier =
      matching.lastWeight ?? file.tensors.last { squeezed($0.shape).count == 2 }
    return Fit(architecture: architecture, width: best, classes: classifier?.shape.first ?? 1000)
  }
}
