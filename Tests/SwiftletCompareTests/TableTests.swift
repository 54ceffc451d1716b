import Foundation
import SwiftletPlatform
import SwiftletTestSupport
import Testing

@testable import SwiftletCompare

/// What is wrong with a table, as a sentence; "" when nothing is.
private func problem(_ body: () throws(CSVReader.ReadError) -> CSVTable) -> String {
  do throws(CSVReader.ReadError) {
    _ = try body()
    return ""
  } catch {
    switch error {
    case .file(let problem): return "file \(problem)"
    case .encoding: return "encoding"
    case .line(let error): return "line \(error.line): \(error.problem)"
    }
  }
}

@Suite("Tables of text")
struct TableTests {
  private static let text =
    "\u{FEFF}path,class\r\n\"a, \"\"b\"\".jpg\",3\n\n  \n c é.jpg , 4 \r\r\n\"x\ny\",\n\"\"\nlast"

  @Test("A table is the same in pieces of any length", arguments: [1, 2, 3, 5, 7, 1000])
  func pieces(length: Int) throws {
    let table = try CSVReader.records(Self.text, pieceLength: length)
    #expect(
      table.map(\.fields) == [
        ["path", "class"], ["a, \"b\".jpg", "3"], ["c é.jpg", "4"], ["x\ny", ""], [""], ["last"],
      ])
    #expect(table.map(\.line) == [1, 2, 5, 7, 9, 10])
  }

  @Test("The limits are kept, and what passes them is named")
  func limits() {
    let (field, fields) = (CSVReader.maximumFieldLength, CSVReader.maximumFields)
    let whole = String(repeating: "x", count: field)
    let row = [String](repeating: "x", count: fields).joined(separator: ",")
    func found(_ text: String) -> String {
      problem { () throws(CSVReader.ReadError) in try CSVReader.records("a\n\(text)") }
    }
    for text in [whole, "\"\(whole)\"", row] { #expect(found(text) == "") }
    let bad: [(text: String, says: String)] = [
      (whole + "x", "line 2: expected fields of at most 65536 bytes"),
      ("\"\(whole)\n\"", "line 3: expected fields of at most 65536 bytes"),
      (row + ",", "line 2: expected at most 1024 fields"),
      ("a\0b", "line 2: expected text, found a zero byte"),
      ("\"a\0b\"", "line 2: expected text, found a zero byte"),
    ]
    for (text, says) in bad {
      #expect(found(text).hasPrefix(says), "\(found(text))")
    }
  }

  @Test("Neither a device without an end nor a list of too many rows is read on and on")
  func ends() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/list.csv"
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: "/dev/zero")
      let found = problem { () throws(CSVReader.ReadError) in try CSVReader.read(path) }
      #expect(found == "line 1: expected text, found a zero byte")
      let many = folder + "/many.csv"
      let rows = CSVReader.maximumRecords + 1
      try Data([UInt8](repeating: 0x61, count: 1) + (0..<rows).flatMap { _ in [0x0A, 0x61] })
        .write(to: URL(fileURLWithPath: many))
      let tooMany = problem { () throws(CSVReader.ReadError) in try CSVReader.read(many) }
      #expect(tooMany.contains("at most 4194304 rows"), "\(tooMany)")
    }
  }
}
