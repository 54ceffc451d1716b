/// Reads an ONNX file: protobuf to `ONNXModel`. Field numbers are those of `onnx.proto`.
struct ONNXReader {
  /// How deep graphs may stand within graphs.
  private static let deepest = 16

  let file: FileBytes

  /// Reads the model that a whole file is.
  ///
  /// - Throws: `ONNXProblem.damaged`, `.model`.
  static func read(_ file: FileBytes) throws(ONNXProblem) -> ONNXModel {
    try ONNXReader(file: file).model()
  }

  private func model() throws(ONNXProblem) -> ONNXModel {
    var model = ONNXModel()
    var hasGraph = false
    try ProtobufMessage(file, 0..<file.count).forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 2: model.producer = try field.text()
      case 7:
        model.graph = try graph(try field.message(), depth: 0)
        hasGraph = true
      case 8: try operatorSet(try field.message(), into: &model.operatorSets)
      case 25:
        let (name, function) = try function(try field.message())
        model.functions[name] = function
      default: break
      }
    }
    guard hasGraph else { throw .damaged("there is no graph in it") }
    return model
  }

  private func operatorSet(
    _ message: ProtobufMessage, into sets: inout [FileName: Int]
  ) throws(ONNXProblem) {
    var domain = ""
    var version = 0
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: domain = try field.text()
      case 2: version = Int(clamping: try field.integer())
      default: break
      }
    }
    // ONNX's own domain has two names.
    sets[FileName(domain == "ai.onnx" ? "" : domain)] = version
  }

  private func graph(_ message: ProtobufMessage, depth: Int) throws(ONNXProblem) -> ONNXGraph {
    guard depth <= Self.deepest else {
      throw .damaged("graphs stand within graphs more than \(Self.deepest) deep")
    }
    var graph = ONNXGraph()
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: graph.nodes.append(try node(try field.message(), depth: depth))
      case 2: graph.name = try field.text()
      case 5: graph.initializers.append(try tensor(try field.message()))
      case 11: graph.inputs.append(try valueInfo(try field.message()))
      case 12: graph.outputs.append(try valueInfo(try field.message()))
      case 15: throw .model("sparse tensors are not supported: export the model without them")
      default: break
      }
    }
    return graph
  }

  private func function(
    _ message: ProtobufMessage
  ) throws(ONNXProblem) -> (ONNXFunctionName, ONNXFunction) {
    var function = ONNXFunction()
    var (name, domain) = ("", "")
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: name = try field.text()
      case 4: function.inputs.append(FileName(try field.text()))
      case 5: function.outputs.append(FileName(try field.text()))
      case 7: function.nodes.append(try node(try field.message(), depth: 0))
      case 9: try operatorSet(try field.message(), into: &function.operatorSets)
      case 10: domain = try field.text()
      case 11:
        let (name, value) = try attribute(try field.message(), depth: 0)
        function.defaults[name] = value
      default: break
      }
    }
    return (ONNXFunctionName(domain: FileName(domain), name: FileName(name)), function)
  }

  private func node(_ message: ProtobufMessage, depth: Int) throws(ONNXProblem) -> ONNXNode {
    var node = ONNXNode()
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: node.inputs.append(FileName(try field.text()))
      case 2: node.outputs.append(FileName(try field.text()))
      case 3: node.name = try field.text()
      case 4: node.operation = FileName(try field.text())
      case 5:
        let (name, value) = try attribute(try field.message(), depth: depth)
        node.attributes[name] = value
      case 7:
        let domain = try field.text()
        node.domain = FileName(domain == "ai.onnx" ? "" : domain)
      default: break
      }
    }
    return node
  }

  private func attribute(
    _ message: ProtobufMessage, depth: Int
  ) throws(ONNXProblem) -> (FileName, ONNXAttribute) {
    var name = ""
    var found: ONNXAttribute?
    var integers: [Int64] = []
    var floats: [Float] = []
    var texts: [String] = []
    var type: Int64 = 0
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: name = try field.text()
      case 2: found = .float(try field.float())
      case 3: found = .integer(try field.integer())
      case 4: found = .text(try field.text())
      case 5: found = .tensor(try tensor(try field.message()))
      case 6: found = .graph(try graph(try field.message(), depth: depth + 1))
      case 7: try field.append(to: &floats)
      case 8: try field.append(to: &integers)
      case 9: texts.append(try field.text())
      case 20: type = try field.integer()
      case 21: found = .reference(FileName(try field.text()))
      default: break
      }
    }
    // What is 0 or empty need not be written; the type then says what it is.
    let value: ONNXAttribute =
      switch type {
      case 1: found ?? .float(0)
      case 2: found ?? .integer(0)
      case 3: found ?? .text("")
      case 6: .floats(floats)
      case 7: .integers(integers)
      case 8: .texts(texts)
      case 0:
        found
          ?? (integers.isEmpty
            ? (floats.isEmpty ? .texts(texts) : .floats(floats)) : .integers(integers))
      default: found ?? .other
      }
    if case .reference = found { return (FileName(name), found ?? .other) }
    return (FileName(name), value)
  }

  private func valueInfo(_ message: ProtobufMessage) throws(ONNXProblem) -> ONNXValueInfo {
    var info = ONNXValueInfo()
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: info.name = FileName(try field.text())
      case 2:
        try field.message().forEachField { (type) throws(ONNXProblem) in
          if type.number == 1 { try tensorType(try type.message(), into: &info) }
        }
      default: break
      }
    }
    return info
  }

  private func tensorType(
    _ message: ProtobufMessage, into info: inout ONNXValueInfo
  ) throws(ONNXProblem) {
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: info.type = ONNXType(rawValue: Int(clamping: try field.integer()))
      case 2:
        var shape: [Int?] = []
        try field.message().forEachField { (dimension) throws(ONNXProblem) in
          guard dimension.number == 1 else { return }
          var extent: Int?
          try dimension.message().forEachField { (part) throws(ONNXProblem) in
            if part.number == 1 { extent = Int(clamping: try part.integer()) }
          }
          // Some exporters write 0 or −1 for what is open.
          shape.append(extent.flatMap { $0 > 0 ? $0 : nil })
        }
        info.shape = shape
      default: break
      }
    }
  }
}
