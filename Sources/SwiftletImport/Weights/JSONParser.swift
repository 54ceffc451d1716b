/// A JSON value, as far as safetensors headers need it.
indirect enum JSONValue {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number that is not an `Int`; its value is never needed.
  case otherNumber
  case string(String)
  case array([JSONValue])
  /// The members in file order; the parser refuses a key that occurs twice.
  case object([(key: String, value: JSONValue)])

}

/// Why a text is not the JSON that is accepted; positions are byte offsets in the text.
public enum JSONProblem: Error, Equatable, Sendable {
  case syntax(at: Int)
  case truncated
  case encoding(at: Int)
  case duplicateKey(String)
  /// A key longer than any name; where it begins.
  case longKey(at: Int)
  case tooDeep(at: Int)
  case tooManyValues
}

extension JSONProblem: CustomStringConvertible {
  /// The problem as a clause, to stand after the name of the file or tensor.
  public var description: String {
    switch self {
    case .syntax(let at): "its JSON is malformed at byte \(at)"
    case .truncated: "its JSON ends early"
    case .encoding(let at): "its JSON has a string that is not UTF-8 at byte \(at)"
    case .duplicateKey(let key): "its JSON has the key \(quoted(key)) twice"
    case .longKey(let at):
      "its JSON has a key of more than \(WeightLimits.nameLength) bytes at byte \(at)"
    case .tooDeep(let at): "its JSON is nested too deeply at byte \(at)"
    case .tooManyValues: "its JSON has more than \(WeightLimits.jsonValues) values"
    }
  }
}

/// A strict RFC 8259 parser: no duplicate keys, bounded depth and number of values.
struct JSONParser {
  private let text: [UInt8]
  private var position = 0
  private var valueCount = 0

  /// Parses a text that holds one value and white space.
  static func parse(_ text: [UInt8]) throws(JSONProblem) -> JSONValue {
    var parser = JSONParser(text: text)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == text.count else { throw .syntax(at: parser.position) }
    return value
  }

  private init(text: [UInt8]) {
    self.text = text
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) {
      position += 1
    }
  }

  private func peek() throws(JSONProblem) -> UInt8 {
    guard position < text.count else { throw .truncated }
    return text[position]
  }

  private mutating func next() throws(JSONProblem) -> UInt8 {
    let byte = try peek()
    position += 1
    return byte
  }

  private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    skipSpace()
    guard depth < WeightLimits.jsonDepth else { throw .tooDeep(at: position) }
    valueCount += 1
    guard valueCount <= WeightLimits.jsonValues else { throw .tooManyValues }
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try word("null")
      return .null
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
    position += 1
    var members = [(key: String, value: JSONValue)]()
    var keys = Set<FileName>()
    skipSpace()
    if try peek() == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard try peek() == UInt8(ascii: "\"") else { throw .syntax(at: position) }
      let start = position
      let key = try string()
      guard key.utf8.count <= WeightLimits.nameLength else { throw .longKey(at: start) }
      guard keys.insert(FileName(key)).inserted else { throw .duplicateKey(key) }
      skipSpace()
      guard try next() == UInt8(ascii: ":") else { throw .syntax(at: position - 1) }
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      switch try next() {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: "}"): return .object(members)
      default: throw .syntax(at: position - 1)
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
    position += 1
    var elements = [JSONValue]()
    skipSpace()
    if try peek() == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      switch try next() {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: "]"): return .array(elements)
      default: throw .syntax(at: position - 1)
      }
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONProblem) {
    for index in 0..<word.utf8CodeUnitCount where try next() != word.utf8Start[index] {
      throw .syntax(at: position - 1)
    }
  }

  private mutating func number() throws(JSONProblem) -> JSONValue {
    let start = position
    var isInteger = true
    if try peek() == UInt8(ascii: "-") { position += 1 }
    let first = try peek()
    let digits = skipDigits()
    guard digits > 0, digits == 1 || first != UInt8(ascii: "0") else { throw .syntax(at: start) }
    if position < text.count, text[position] == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      guard skipDigits() > 0 else { throw .syntax(at: position) }
    }
    if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if position < text.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(text[position]) {
        position += 1
      }
      guard skipDigits() > 0 else { throw .syntax(at: position) }
    }
    guard isInteger, position - start <= 20 else { return .otherNumber }
    let characters = String(decoding: text[start..<position], as: UTF8.self)
    return Int(characters).map { .integer($0) } ?? .otherNumber
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
      position += 1
    }
    return position - start
  }
}

extension JSONParser {
  private mutating func string() throws(JSONProblem) -> String {
    let start = position
    position += 1
    var bytes = [UInt8]()
    while true {
      let byte = try next()
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw .encoding(at: start)
        }
        return string
      case UInt8(ascii: "\\"):
        bytes.append(contentsOf: Array(String(try escape()).utf8))
      case 0..<0x20: throw .syntax(at: position - 1)
      default: bytes.append(byte)
      }
    }
  }

  private mutating func escape() throws(JSONProblem) -> Unicode.Scalar {
    switch try next() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw .syntax(at: position - 1)
    }
  }

  private mutating func unicodeEscape() throws(JSONProblem) -> Unicode.Scalar {
    let start = position
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A high surrogate must be followed by an escaped low one.
    guard (0xD800..<0xDC00).contains(first), try next() == UInt8(ascii: "\\"),
      try next() == UInt8(ascii: "u")
    else { throw .encoding(at: start) }
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw .encoding(at: start) }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = try next()
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw .syntax(at: position - 1)
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
