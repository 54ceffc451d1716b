/// The architecture, width and class count of a file.
struct Recognition {
  let architecture: Architecture
  let width: Double
  let classes: Int
  /// What was found out rather than told, one sentence each.
  var notes: [String] = []

  /// Finds the network whose weights have exactly the file's shapes.
  ///
  /// Widths are tried from the usual ones to every hundredth up to 2. When nothing fits, but the
  /// options or the names say which architecture is meant, that one is returned at the width that
  /// comes nearest, so that matching can name what is wrong.
  ///
  /// - Throws: `unrecognized` or `ambiguous`.
  init(_ file: WeightFile, _ options: NetworkOptions) throws(NetworkProblem) {
    let shapes = ShapeCounts(file.tensors.map(\.shape))
    let candidates = options.architecture.map { [$0] } ?? Architecture.allCases
    var fits: [Fit] = []
    for architecture in candidates {
      if let fit = Recognition.fit(architecture, options.width, shapes) { fits.append(fit) }
    }
    if fits.count > 1 { fits = Recognition.preferByName(fits, file) }
    if fits.count > 1 { throw .ambiguous(fits.map(\.architecture)) }
    if let fit = fits.first {
      self.init(fit, options)
      return
    }
    let named = options.architecture ?? Recognition.byName(file)
    guard let named, !file.tensors.isEmpty else {
      throw .unrecognized(
        tensors: file.tensors.count, first: Array(file.tensors.map(\.name).prefix(4)))
    }
    self.init(Recognition.nearest(named, options.width, shapes, file), options)
  }

  private struct Fit {
    var architecture: Architecture
    var width: Double
    var classes: Int
  }

  private init(_ fit: Fit, _ options: NetworkOptions) {
    architecture = fit.architecture
    width = fit.width
    classes = fit.classes
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

  private static func makePlan(_ architecture: Architecture, _ width: Double, classes: Int)
    -> NetworkPlan
  {
    architecture.plan(
      NetworkVariant(
        width: width, classes: classes, epsilon: architecture.defaultEpsilon(.symmetric),
        activation: architecture.defaultActivation))
  }

  /// The first width at which all the shapes agree, whatever the class count.
  private static func fit(
    _ architecture: Architecture, _ width: Double?, _ shapes: ShapeCounts
  ) -> Fit? {
    for width in widths(architecture, width) {
      let plan = makePlan(architecture, width, classes: 1)
      // The number of layers is the same at every width.
      guard plan.layers.count == shapes.total else { return nil }
      let body = ShapeCounts(plan.layers.dropLast().map(\.weightShape))
      guard let rest = shapes.only(without: body), let last = plan.layers.last,
        rest.count == 2, rest[1] == last.weightShape[1]
      else { continue }
      return Fit(architecture: architecture, width: width, classes: rest[0])
    }
    return nil
  }

  private static func preferByName(_ fits: [Fit], _ file: WeightFile) -> [Fit] {
    let scores = fits.map { fit in
      let plan = makePlan(fit.architecture, fit.width, classes: fit.classes)
      return NameMatching(file, plan).score(plan)
    }
    let best = scores.max() ?? 0
    guard best > 0 else { return fits }
    return zip(fits, scores).filter { $0.1 == best }.map(\.0)
  }

  /// The architecture most of whose layers' names the file has.
  private static func byName(_ file: WeightFile) -> Architecture? {
    let scored = Architecture.allCases.map { architecture in
      let plan = makePlan(architecture, 1, classes: 1)
      return (architecture, NameMatching(file, plan).score(plan))
    }
    guard let best = scored.max(by: { $0.1 < $1.1 }), best.1 >= 0.7 else { return nil }
    return best.0
  }

  /// The width with the most shapes in common, and the class count the classifier suggests.
  private static func nearest(
    _ architecture: Architecture, _ width: Double?, _ shapes: ShapeCounts, _ file: WeightFile
  ) -> Fit {
    let options: [Double] = width.map { [$0] } ?? (architecture.hasWidth ? usualWidths : [1])
    let scored = options.map { width in
      let plan = makePlan(architecture, width, classes: 1)
      return (width, shapes.common(with: ShapeCounts(plan.layers.map(\.weightShape))))
    }
    let best = scored.reduce(scored[0]) { $1.1 > $0.1 ? $1 : $0 }.0
    let plan = makePlan(architecture, best, classes: 1)
    let byName = plan.layers.last.flatMap { NameMatching(file, plan).find("\($0.name).weight") }
    let classifier = byName ?? file.tensors.last { squeezed($0.shape).count == 2 }
    return Fit(architecture: architecture, width: best, classes: classifier?.shape.first ?? 1000)
  }
}

/// How often each shape of two or more dimensions occurs: the fingerprint of a network's layers.
private struct ShapeCounts {
  private var counts: [[Int]: Int] = [:]
  private(set) var total = 0

  init(_ shapes: [[Int]]) {
    for shape in shapes where shape.count >= 2 {
      counts[squeezed(shape), default: 0] += 1
      total += 1
    }
  }

  /// The one shape that is left when all of `other` is taken away; nil if that is not the case.
  func only(without other: ShapeCounts) -> [Int]? {
    guard total == other.total + 1 else { return nil }
    var left: [Int]?
    for (shape, count) in counts {
      let rest = count - other.counts[shape, default: 0]
      if rest == 0 { continue }
      guard rest == 1, left == nil else { return nil }
      left = shape
    }
    return left
  }

  /// How many shapes both have.
  func common(with other: ShapeCounts) -> Int {
    counts.reduce(0) { $0 + min($1.value, other.counts[$1.key, default: 0]) }
  }
}
