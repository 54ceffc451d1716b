/// The records of a table, at a few bytes a record beside its text.
///
/// A list may have millions of rows. As arrays of texts they would take up fifty times the file.
struct CSVTable: RandomAccessCollection {
  /// One record and the line it starts on, from 1.
  struct Record: Equatable {
    let line: Int
    let fields: [String]
  }

  /// The fields' bytes, which are UTF-8, one field after another.
  private var text: [UInt8] = []
  /// Where in the text each field ends.
  private var ends: [UInt32] = []
  /// For each record its line and its first field.
  private var rows: [(line: UInt32, field: UInt32)] = []

  var startIndex: Int { 0 }
  var endIndex: Int { rows.count }

  subscript(position: Int) -> Record {
    let last = position + 1 < rows.count ? Int(rows[position + 1].field) : ends.count
    return Record(
      line: Int(rows[position].line), fields: (Int(rows[position].field)..<last).map(field))
  }

  private func field(_ index: Int) -> String {
    let start = index > 0 ? Int(ends[index - 1]) : 0
    return String(decoding: text[start..<Int(ends[index])], as: UTF8.self)
  }

  /// How much memory the text takes up when a field of so many bytes is added; nil when nothing is to be
  /// asked for.
  func growth(adding count: Int) -> Int? {
    text.count + count <= text.capacity ? nil : 2 * (text.count + count)
  }

  /// Begins a record.
  mutating func appendRecord(line: Int) {
    rows.append((UInt32(clamping: line), UInt32(ends.count)))
  }

  /// Adds a field to the last record.
  mutating func appendField(_ bytes: [UInt8]) {
    text.append(contentsOf: bytes)
    ends.append(UInt32(text.count))
  }

  /// Takes back the last record, which has one field without bytes.
  mutating func removeEmptyRecord() {
    rows.removeLast()
    ends.removeLast()
  }
}
