/// An operator: what it is called, since which version of its operator set it means this, and how it gets
/// into the graph.
struct ONNXOperator: Sendable {
  /// Appends what the node computes to the graph, or computes it where it is known, and returns the
  /// results.
  typealias Append =
    @Sendable (inout ONNXBuilder, ONNXCall) throws(ONNXProblem) -> [ONNXValue]

  let domain: String
  let name: String
  /// The first version of the operator set with this meaning.
  let since: Int
  let append: Append

  /// An operator of ONNX's own domain, unless another is said.
  init(_ name: String, since: Int = 1, domain: String = "", _ append: @escaping Append) {
    self.name = name
    self.since = since
    self.domain = domain
    self.append = append
  }

  /// The operator that a name means in a version; nil if there is none.
  static func find(domain: String, name: String, version: Int) -> ONNXOperator? {
    table[name]?.last { $0.domain == domain && $0.since <= version }
  }

  /// The operators whose names begin alike, for a message; empty if there are none.
  static func near(_ name: String) -> String {
    let start = name.prefix(4)
    return table.keys.filter { start.count == 4 && $0.hasPrefix(start) && $0 != name }.sorted()
      .joined(separator: ", ")
  }

  /// The names of all operators, sorted.
  static var names: [String] { table.keys.sorted() }

  /// All of them, by what they are for. A sum of as many lists is too much for Swift 6.0.
  private static let lists: [[ONNXOperator]] = [
    convolutions, transposedConvolutions, pools, arithmetic, activations, movements, shapes,
    constants, results, roundings, quantized,
  ]

  /// By name, versions in order.
  private static let table: [String: [ONNXOperator]] = Dictionary(
    grouping: lists.flatMap { $0 }, by: \.name
  ).mapValues { $0.sorted { $0.since < $1.since } }
}
