import SwiftletPlatform

/// A JSON value, written as one line of RFC 8259 text. Objects keep the order of their members.
public indirect enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Infinities and NaN, which JSON cannot say, are written as `null`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One member of an object.
  public struct Member: Equatable, Sendable {
    /// The member's name, unique in its object.
    public let name: String
    /// The member's value.
    public let value: JSONValue

    /// A member from its name and value.
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The number with the shortest digits that read back as the same Float.
  public static func number(_ value: Float) -> JSONValue {
    value.isFinite ? .number(Double("\(value)") ?? Double(value)) : .null
  }

  /// A number rounded to `places` decimals, for times and fractions.
  public static func number(_ value: Double, places: Int) -> JSONValue {
    .number(Double(Text.fixed(value, places)) ?? value)
  }

  /// An array of strings.
  public static func strings(_ values: [String]) -> JSONValue {
    .array(values.map { .string($0) })
  }

  /// The JSON text, without line breaks.
  public var text: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .null:
      bytes.append(contentsOf: "null".utf8)
    case .bool(let value):
      bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value):
      bytes.append(contentsOf: String(value).utf8)
    case .number(let value):
      bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    case .string(let value):
      JSONValue.append(value, to: &bytes)
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
        value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
        JSONValue.append(member.name, to: &bytes)
        bytes.append(contentsOf: ": ".utf8)
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// A quoted string: quotes, backslashes and all that `ShownText.isControl` names escaped, all else as
  /// UTF-8.
  private static func append(_ string: String, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": bytes.append(contentsOf: "\\\"".utf8)
      case "\\": bytes.append(contentsOf: "\\\\".utf8)
      case "\n": bytes.append(contentsOf: "\\n".utf8)
      case "\r": bytes.append(contentsOf: "\\r".utf8)
      case "\t": bytes.append(contentsOf: "\\t".utf8)
      case _ where ShownText.isControl(scalar):
        // All of them are below 2¹⁶.
        bytes.append(contentsOf: "\\u".utf8)
        for shift: UInt32 in [12, 8, 4, 0] { bytes.append(digits[Int(scalar.value >> shift & 15)]) }
      case _ where scalar.isASCII: bytes.append(UInt8(scalar.value))
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  /// A JSON string.
  public init(stringLiteral value: String) { self = .string(value) }

  /// A JSON integer.
  public init(integerLiteral value: Int) { self = .integer(value) }
}
