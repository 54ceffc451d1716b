/// A table of text: comma-separated values after RFC 4180, with quoted fields.
struct CSVReader {
  /// One record and the line it starts on, from 1.
  struct Record: Equatable {
    let line: Int
    let fields: [String]
  }

  /// A quoted field that never ends, or text after a closing quote; on a line, from 1.
  struct QuoteError: Error, Equatable {
    let line: Int
    let problem: String
  }

  /// Splits a text into records. Blank lines are left out; a byte order mark is skipped; spaces
  /// around fields without quotes are removed.
  static func records(_ text: String) throws(QuoteError) -> [Record] {
    var scanner = Scanner(bytes: Array(text.utf8))
    return try scanner.scan()
  }

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0
    var line = 1
    var records: [Record] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func scan() throws(QuoteError) -> [Record] {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      while position < bytes.count {
        let start = line
        var fields: [String] = []
        var sawQuotes = false
        repeat {
          let (field, quoted) = try scanField()
          fields.append(field)
          sawQuotes = sawQuotes || quoted
        } while take(UInt8(ascii: ","))
        endLine()
        if fields != [""] || sawQuotes { records.append(Record(line: start, fields: fields)) }
      }
      return records
    }

    /// Reads up to the comma or line end that follows, and leaves it there.
    private mutating func scanField() throws(QuoteError) -> (String, Bool) {
      skipSpaces()
      guard take(UInt8(ascii: "\"")) else {
        let start = position
        while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
        var end = position
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return (String(decoding: bytes[start..<end], as: UTF8.self), false)
      }
      let opening = line
      var content: [UInt8] = []
      while true {
        guard position < bytes.count else {
          throw QuoteError(line: opening, problem: "a quoted field never ends")
        }
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "\"") {
          guard take(UInt8(ascii: "\"")) else { break }
        } else if byte == 0x0A {
          line += 1
        }
        content.append(byte)
      }
      skipSpaces()
      guard position == bytes.count || isEnd(bytes[position]) else {
        throw QuoteError(
          line: line,
          problem: bytes[position] == UInt8(ascii: ";")
            ? "expected a comma behind a closing quote, found a semicolon"
            : "text follows a closing quote")
      }
      return (String(decoding: content, as: UTF8.self), true)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      guard position < bytes.count, bytes[position] == byte else { return false }
      position += 1
      return true
    }

    private mutating func skipSpaces() {
      while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
        position += 1
      }
    }

    private mutating func endLine() {
      _ = take(0x0D)
      _ = take(0x0A)
      line += 1
    }
  }
}
