import SwiftletPlatform

/// A table of text: comma-separated values after RFC 4180, with quoted fields.
///
/// It is read piece by piece, and no further than the limits below: what is named may be a device
/// without an end, or no table at all.
struct CSVReader {
  /// Bytes of a table, most of which may be blank lines.
  static let maximumLength = 1 << 28
  /// Bytes of a field.
  static let maximumFieldLength = 1 << 16
  /// Fields of a record.
  static let maximumFields = 1 << 10
  /// Records; the largest public lists of images have a few millions.
  static let maximumRecords = 1 << 22

  /// What is wrong with a line, from 1: a quoted field that never ends, text after a closing quote, more
  /// than the limits allow.
  struct LineError: Error, Equatable {
    let line: Int
    let problem: String
  }

  /// Why a table cannot be read.
  enum ReadError: Error, Equatable {
    /// The file cannot be read.
    case file(FileProblem)
    /// A field is no UTF-8 text.
    case encoding
    /// A line is wrong.
    case line(LineError)
  }

  private typealias Source = () throws(ReadError) -> [UInt8]

  /// Gives the next bytes, nothing at the end.
  private let source: Source
  private var piece: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  private var line = 1
  private var table = CSVTable()

  private init(_ source: @escaping Source) {
    self.source = source
  }

  /// The records of the table at `path`. Blank lines are left out; a byte order mark is skipped; spaces
  /// around fields without quotes are removed.
  static func read(_ path: String) throws(ReadError) -> CSVTable {
    let stream: ByteStream
    do throws(FileProblem) {
      stream = try ByteStream(path: path, limit: maximumLength)
    } catch {
      throw .file(error)
    }
    var reader = CSVReader { () throws(ReadError) in
      do throws(FileProblem) {
        return try stream.next()
      } catch {
        throw .file(error)
      }
    }
    return try reader.scan()
  }

  /// The records of a table that is a text, in pieces of at most `pieceLength` bytes.
  static func records(_ text: String, pieceLength: Int = .max) throws(ReadError) -> CSVTable {
    var rest = Array(text.utf8)[...]
    var reader = CSVReader { () throws(ReadError) in
      defer { rest = rest.dropFirst(pieceLength) }
      return Array(rest.prefix(pieceLength))
    }
    return try reader.scan()
  }

  private mutating func scan() throws(ReadError) -> CSVTable {
    for byte: UInt8 in [0xEF, 0xBB, 0xBF] {
      // No record starts with part of a mark.
      guard try take(byte) else { break }
    }
    while try peek() != nil {
      try scanRecord()
      _ = try take(0x0D)
      _ = try take(0x0A)
      line += 1
    }
    return table
  }

  private mutating func scanRecord() throws(ReadError) {
    guard table.count < Self.maximumRecords else {
      throw fail("expected a table of at most \(Self.maximumRecords) rows, found more")
    }
    table.appendRecord(line: line)
    var count = 0
    var isBlank = true
    repeat {
      count += 1
      guard count <= Self.maximumFields else {
        throw fail("expected at most \(Self.maximumFields) fields, found more")
      }
      let (field, isQuoted) = try scanField()
      isBlank = isBlank && !isQuoted && field.isEmpty
      if let growth = table.growth(adding: field.count), !Memory.isAvailable(growth) {
        throw .file(.outOfMemory)
      }
      table.appendField(field)
    } while try take(UInt8(ascii: ","))
    if isBlank && count == 1 { table.removeEmptyRecord() }
  }

  /// Reads up to the comma or line end that follows, and leaves it there.
  private mutating func scanField() throws(ReadError) -> (bytes: [UInt8], isQuoted: Bool) {
    try skipSpaces()
    let start = line
    var field: [UInt8] = []
    let isQuoted = try take(UInt8(ascii: "\""))
    if isQuoted {
      try scanQuoted(into: &field, from: start)
    } else {
      while let byte = try peek(), !Self.isEnd(byte) {
        try append(byte, to: &field)
        position += 1
      }
      while let last = field.last, Self.isSpace(last) { field.removeLast() }
    }
    guard field.allSatisfy({ $0 < 0x80 }) || String(validating: field, as: UTF8.self) != nil else {
      throw .encoding
    }
    return (field, isQuoted)
  }

  private mutating func scanQuoted(
    into field: inout [UInt8], from start: Int
  ) throws(ReadError) {
    while true {
      guard let byte = try peek() else {
        throw .line(LineError(line: start, problem: "a quoted field never ends"))
      }
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard try take(UInt8(ascii: "\"")) else { break }
      } else if byte == 0x0A {
        line += 1
      }
      try append(byte, to: &field)
    }
    try skipSpaces()
    if let next = try peek(), !Self.isEnd(next) {
      throw fail(
        next == UInt8(ascii: ";")
          ? "expected a comma behind a closing quote, found a semicolon"
          : "text follows a closing quote")
    }
  }

  private func append(_ byte: UInt8, to field: inout [UInt8]) throws(ReadError) {
    guard byte != 0 else { throw fail("expected text, found a zero byte") }
    guard field.count < Self.maximumFieldLength else {
      throw fail("expected fields of at most \(Self.maximumFieldLength) bytes, found more")
    }
    field.append(byte)
  }

  private func fail(_ problem: String) -> ReadError {
    .line(LineError(line: line, problem: problem))
  }

  /// The byte that comes next; nil at the end.
  private mutating func peek() throws(ReadError) -> UInt8? {
    while position == piece.count {
      if isAtEnd { return nil }
      piece = try source()
      position = 0
      isAtEnd = piece.isEmpty
    }
    return piece[position]
  }

  private mutating func take(_ byte: UInt8) throws(ReadError) -> Bool {
    guard try peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() throws(ReadError) {
    while let byte = try peek(), Self.isSpace(byte) { position += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
  }
}
