extension ONNXReader {
  /// A tensor's description; raw elements stay where they are.
  ///
  /// - Throws: `ONNXProblem.damaged` when shape, type and the number of elements contradict each other.
  func tensor(_ message: ProtobufMessage) throws(ONNXProblem) -> ONNXTensor {
    var tensor = ONNXTensor()
    var dimensions: [Int64] = []
    var floats: [Float] = []
    var integers: [Int64] = []
    var raw: Range<Int>?
    var entries: [(key: String, value: String)] = []
    var isExternal = false
    var number: Int64 = 1
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: try field.append(to: &dimensions)
      case 2: number = try field.integer()
      case 4: try field.append(to: &floats)
      case 5, 7, 11: try field.append(to: &integers)
      case 8: tensor.name = FileName(try field.text())
      case 9: raw = try field.bytes()
      case 10: try field.appendDoubles(to: &floats)
      case 13: entries.append(try entry(try field.message()))
      case 14: isExternal = try field.integer() == 1
      default: break
      }
    }
    let name = quoted(tensor.name.text)
    guard let type = ONNXType(rawValue: Int(clamping: number)), let element = type.element else {
      throw .model(
        "tensor \(name) is of type number \(number) of ONNX, which is not read; floats, and integers of 8 bits "
          + "and more, are")
    }
    tensor.type = type
    guard let count = Self.count(dimensions) else {
      throw .damaged("tensor \(name) has an impossible shape")
    }
    tensor.shape = dimensions.map { Int($0) }
    let bytes = count.multipliedReportingOverflow(by: element.size)
    guard !bytes.overflow else { throw .damaged("tensor \(name) has an impossible shape") }
    if isExternal {
      tensor.storage = try external(entries, name, byteCount: bytes.partialValue)
      return tensor
    }
    let found: Int
    if let raw {
      tensor.storage = .raw(raw)
      found = raw.count / element.size
      guard raw.count % element.size == 0 else {
        throw .damaged("tensor \(name) ends within an element")
      }
    } else if type == .float32 || type == .float64 {
      tensor.storage = .floats(floats)
      found = floats.count
    } else {
      tensor.storage = .integers(integers)
      found = integers.count
    }
    guard found == count else {
      throw .damaged("tensor \(name) has \(found) elements where its shape says \(count)")
    }
    return tensor
  }

  /// The product of the extents; nil if one is negative or it does not fit.
  private static func count(_ dimensions: [Int64]) -> Int? {
    var product = 1
    for extent in dimensions {
      guard let extent = Int(exactly: extent), extent >= 0 else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      product = result
    }
    return product
  }

  private func entry(
    _ message: ProtobufMessage
  ) throws(ONNXProblem) -> (key: String, value: String) {
    var entry = (key: "", value: "")
    try message.forEachField { (field) throws(ONNXProblem) in
      switch field.number {
      case 1: entry.key = try field.text()
      case 2: entry.value = try field.text()
      default: break
      }
    }
    return entry
  }

  private func external(
    _ entries: [(key: String, value: String)], _ name: String, byteCount: Int
  ) throws(ONNXProblem) -> ONNXTensor.Storage {
    func number(_ key: String) throws(ONNXProblem) -> Int? {
      guard let text = entries.last(where: { $0.key == key })?.value else { return nil }
      guard let number = Int(text), number >= 0 else {
        throw .damaged("tensor \(name): \(key) \(quoted(text)) is no number of bytes")
      }
      return number
    }
    guard let location = entries.last(where: { $0.key == "location" })?.value else {
      throw .damaged("tensor \(name) does not say in which file it is")
    }
    // A model must not read what its user did not give it.
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !parts.contains(".."), !parts.contains(""), !location.contains("\0")
    else {
      throw .model(
        "tensor \(name) is in \(quoted(location)), outside of the model's folder: that is not read")
    }
    let length = try number("length")
    guard length == nil || length == byteCount else {
      throw .damaged("tensor \(name) needs \(byteCount) bytes, but \(length ?? 0) are stated")
    }
    return .external(location: location, offset: try number("offset") ?? 0, length: byteCount)
  }
}
