/// Reads the safetensors format: an 8-byte header length, a JSON header, then the tensors' bytes.
///
/// Stricter than some readers, as the format's own description asks: the tensors' ranges cover the
/// data without holes or overlaps, keys do not repeat, the header starts with `{`.
enum SafetensorsReader {
  /// One tensor as the header describes it.
  private struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let begin: Int
    let end: Int
  }

  /// Reads every float tensor, in the order of the data, and names the others.
  static func read(_ file: FileBytes, path: String) throws(ImportError) -> WeightContents {
    let header: (members: [(key: String, value: JSONValue)], dataStart: Int)
    do {
      header = try readHeader(file)
    } catch {
      throw .safetensors(path: path, error)
    }
    var metadata = [String: String]()
    var entries = [Entry]()
    for (name, value) in header.members {
      if name == "__metadata__" {
        guard let texts = strings(value) else { throw .safetensors(path: path, .metadata) }
        metadata = texts
      } else {
        entries.append(try entry(name, value, path: path))
      }
    }
    let dataLength = file.count - header.dataStart
    let ordered = entries.enumerated().sorted { a, b in
      (a.element.begin, a.element.end, a.offset) < (b.element.begin, b.element.end, b.offset)
    }.map(\.element)
    try checkCoverage(ordered, dataLength: dataLength, path: path)

    var contents = WeightContents(metadata: metadata)
    for entry in ordered {
      guard entry.type.isFloat else {
        contents.ignored.append(entry.name)
        continue
      }
      let count = (entry.end - entry.begin) / entry.type.size
      do {
        try TensorProblem.requireMemory(values: count)
      } catch {
        throw .tensor(path: path, tensor: entry.name, error)
      }
      let values = TensorValues.contiguous(
        entry.type, file, at: header.dataStart + entry.begin, count: count)
      contents.tensors.append(WeightTensor(name: entry.name, shape: entry.shape, values: values))
    }
    return contents
  }

  private static func readHeader(
    _ file: FileBytes
  ) throws(SafetensorsProblem) -> (members: [(key: String, value: JSONValue)], dataStart: Int) {
    guard let length = file.load(UInt64.self, at: 0) else {
      throw .shortFile(length: file.count)
    }
    guard length <= UInt64(WeightLimits.safetensorsHeader) else { throw .headerLimit(length) }
    guard let range = file.range(at: 8, length: Int(length)) else {
      throw .headerLength(expected: Int(length), found: file.count - 8)
    }
    let value: JSONValue
    do {
      value = try JSONParser.parse(file.bytes(range))
    } catch {
      throw .header(error)
    }
    guard case .object(let members) = value, file.byte(at: 8) == UInt8(ascii: "{") else {
      throw .headerNotObject
    }
    return (members, range.upperBound)
  }

  private static func strings(_ value: JSONValue) -> [String: String]? {
    guard case .object(let members) = value else { return nil }
    var result = [String: String]()
    for (key, value) in members {
      guard case .string(let text) = value else { return nil }
      // No long text but ASCII is compared in time that its length bounds; nobody asks for others.
      let isShort = text.utf8.count <= WeightLimits.nameLength
      guard isShort || text.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
      result[key] = text
    }
    return result
  }

  /// Checks one tensor's description by itself.
  private static func entry(
    _ name: String, _ value: JSONValue, path: String
  ) throws(ImportError) -> Entry {
    guard case .object(let members) = value else {
      throw .safetensors(path: path, .entry(tensor: name))
    }
    var fields = [String: JSONValue]()
    for (key, value) in members {
      fields[key] = value
      // No more are looked at: keys may be long, and many.
      if fields.count > 3 { break }
    }
    guard fields.count == 3, case .string(let typeName)? = fields["dtype"],
      let shape = fields["shape"].flatMap(lengths),
      let offsets = fields["data_offsets"].flatMap(lengths), offsets.count == 2
    else { throw .safetensors(path: path, .entry(tensor: name)) }
    guard let type = typeName.utf8.count <= 8 ? types[typeName] : nil else {
      throw .tensor(path: path, tensor: name, .elementType(typeName))
    }
    guard shape.count <= WeightLimits.rank else {
      throw .tensor(path: path, tensor: name, .rank(shape.count))
    }
    guard let count = WeightLimits.elementCount(shape) else {
      throw .tensor(path: path, tensor: name, .shapeOverflow(shape))
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.size)
    guard !overflow else { throw .tensor(path: path, tensor: name, .shapeOverflow(shape)) }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end, end - begin == byteCount else {
      throw .tensor(
        path: path, tensor: name,
        .byteCount(shape: shape, expected: byteCount, found: end - begin))
    }
    return Entry(name: name, type: type, shape: shape, begin: begin, end: end)
  }

  /// An array of integers that are not negative.
  private static func lengths(_ value: JSONValue) -> [Int]? {
    guard case .array(let elements) = value else { return nil }
    var result = [Int]()
    for element in elements {
      guard case .integer(let number) = element, number >= 0 else { return nil }
      result.append(number)
    }
    return result
  }

  /// The tensors, sorted by offset, must follow each other from 0 to the end of the file.
  private static func checkCoverage(
    _ entries: [Entry], dataLength: Int, path: String
  ) throws(ImportError) {
    var position = 0
    var previous = ""
    for entry in entries {
      guard entry.end <= dataLength else {
        throw .tensor(
          path: path, tensor: entry.name,
          .outsideData(begin: entry.begin, end: entry.end, dataLength: dataLength))
      }
      if entry.begin < position {
        throw .safetensors(path: path, .overlap(previous, entry.name))
      }
      guard entry.begin == position else {
        throw .safetensors(path: path, .hole(begin: position, end: entry.begin))
      }
      position = entry.end
      previous = entry.name
    }
    guard position == dataLength else {
      throw .safetensors(path: path, .hole(begin: position, end: dataLength))
    }
  }

  private static let types: [String: ElementType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16,
    "I64": .int64, "I32": .int32, "I16": .int16, "I8": .int8,
    "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
  ]
}

/// What is wrong with a safetensors file as a whole.
public enum SafetensorsProblem: Error, Equatable, Sendable {
  /// The file ends before the header's length.
  case shortFile(length: Int)
  /// The header is longer than the format allows.
  case headerLimit(UInt64)
  /// The header is longer than the file.
  case headerLength(expected: Int, found: Int)
  /// The header is not the JSON it should be.
  case header(JSONProblem)
  /// The header is not one JSON object.
  case headerNotObject
  /// A tensor's entry lacks `dtype`, `shape` or `data_offsets`, or has them wrong.
  case entry(tensor: String)
  /// `__metadata__` is not an object of strings.
  case metadata
  /// Two tensors share bytes.
  case overlap(String, String)
  /// Bytes of the data belong to no tensor.
  case hole(begin: Int, end: Int)
}

extension SafetensorsProblem: CustomStringConvertible {
  /// The problem as a clause, to stand after the name of the file or tensor.
  public var description: String {
    switch self {
    case .shortFile(let length):
      "it has \(length) bytes, expected at least 8"
    case .headerLimit(let length):
      "its header of \(length) bytes is longer than the \(WeightLimits.safetensorsHeader) allowed"
    case .headerLength(let expected, let found):
      "its header should have \(expected) bytes, but only \(found) follow"
    case .header(let problem): problem.description
    case .headerNotObject: "its header is not a JSON object"
    case .entry(let tensor):
      "the entry of tensor \(quoted(tensor)) should have a dtype, a shape and two data_offsets, "
        + "all whole numbers from 0 on, and nothing else"
    case .metadata: "its __metadata__ is not a list of texts"
    case .overlap(let a, let b): "tensors \(quoted(a)) and \(quoted(b)) share bytes"
    case .hole(let begin, let end):
      "bytes \(begin)..<\(end) of the data belong to no tensor"
    }
  }
}
