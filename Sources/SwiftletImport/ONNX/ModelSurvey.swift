import SwiftletGraph

/// What a model file holds, for people who want to know before they convert it.
public struct ModelSurvey: Sendable {
  /// An input or output: its name and its extents, `?` where they are open.
  public struct Port: Sendable {
    /// The name in the file.
    public let name: String
    /// For example `?×3×224×224`; nil where the file does not say.
    public let shape: String?
  }

  /// Which operators there are, and how often.
  public struct Operator: Sendable {
    /// For example `Conv`, with its domain where that is not ONNX's own.
    public let name: String
    /// Nodes of it, those in functions and branches included.
    public let count: Int
    /// Whether there is a form of it here.
    public let isKnown: Bool
  }

  /// What wrote the file; empty if it does not say.
  public let producer: String
  /// The version of ONNX's operator set.
  public let version: Int
  /// What the network reads; constants are not among them.
  public let inputs: [Port]
  /// What it computes.
  public let outputs: [Port]
  /// In order of their names.
  public let operators: [Operator]
  /// Elements of all constants.
  public let parameterCount: Int
  /// Why it would be refused; nil if it would not.
  public let problem: String?
  /// The float network after the passes `Pass.reference`; nil if it would be refused.
  public let graph: Graph?
  /// Transpositions that are left when its images have their channels last; nil if it would be refused.
  public let transposeCount: Int?

  /// Whether a file is an ONNX model.
  ///
  /// - Throws: `ImportError.cannotOpen`.
  public static func isModel(_ path: String) throws(ImportError) -> Bool {
    FileKind(of: try FileBytes(path: path)) == .onnx
  }

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - path: an ONNX file.
  ///   - size: of the image, where the file leaves it open.
  /// - Throws: `ImportError` when the bytes are no model.
  public init(_ path: String, size: InputSize? = nil) throws(ImportError) {
    let file = try FileBytes(path: path)
    let model: ONNXModel
    do throws(ONNXProblem) {
      model = try ONNXReader.read(file)
    } catch {
      try file.checkWasRead(path: path)
      throw .onnx(path: path, error)
    }
    let constants = Set(model.graph.initializers.map(\.name))
    producer = model.producer
    version = model.operatorSets[FileName("")] ?? 0
    inputs = model.graph.inputs.filter { !constants.contains($0.name) }.map(Self.port)
    outputs = model.graph.outputs.map(Self.port)
    parameterCount = model.graph.initializers.reduce(0) { $0 + $1.shape.reduce(1, *) }
    operators = Self.operators(model)
    do throws(ONNXProblem) {
      var graph = try ONNXImporter.graph(of: model, file, path: path, size: size).graph
      (problem, transposeCount) = Self.transposes(&graph)
      self.graph = problem == nil ? graph : nil
    } catch {
      (problem, transposeCount, graph) = ("\(error)", nil, nil)
    }
    try file.checkWasRead(path: path)
  }

  private static func port(_ info: ONNXValueInfo) -> Port {
    Port(
      name: info.name.text,
      shape: info.shape.map { $0.map { $0.map(String.init) ?? "?" }.joined(separator: "×") })
  }

  private static func operators(_ model: ONNXModel) -> [Operator] {
    var counts: [ONNXFunctionName: Int] = [:]
    func add(_ nodes: [ONNXNode]) {
      for node in nodes {
        counts[ONNXFunctionName(domain: node.domain, name: node.operation), default: 0] += 1
        for case .graph(let graph) in node.attributes.values { add(graph.nodes) }
      }
    }
    add(model.graph.nodes)
    for function in model.functions.values { add(function.nodes) }
    return counts.map { name, count in
      let version = model.operatorSets[name.domain] ?? 1
      let (domain, word) = (name.domain.text, name.name.text)
      let isKnown =
        model.functions[name] != nil || domain.isEmpty && word == "If"
        || ONNXOperator.find(domain: domain, name: word, version: version) != nil
      return Operator(
        name: domain.isEmpty ? word : "\(domain).\(word)", count: count, isKnown: isKnown)
    }.sorted { $0.name < $1.name }
  }

  private static func transposes(_ graph: inout Graph) -> (String?, Int?) {
    do throws(PassError) {
      try graph.apply(Pass.reference)
    } catch {
      return ("\(error)", nil)
    }
    let count = graph.nodes.count { node in
      if case .transpose = node.operation { true } else { false }
    }
    return (nil, count)
  }
}
