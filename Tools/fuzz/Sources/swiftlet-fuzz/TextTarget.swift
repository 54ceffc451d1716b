import SwiftletCompare
import SwiftletRunCommands

@testable import SwiftletImport

/// Reads CSV and JSON: any bytes end in a value or a sentence, and what was written after the rules
/// is read back as it was.
enum TextTarget {
  static func execute(_ input: inout Input) {
    switch input.byte() % 8 {
    case 0, 1: anyCSV(input.rest())
    case 2, 3: writtenCSV(&input)
    case 4, 5: anyJSON(input.rest())
    default: writtenJSON(&input)
    }
  }

  private static func read(_ bytes: [UInt8]) -> Result<Dataset, DatasetError> {
    let path = MemoryFile.path("list.csv", bytes)
    return Result { () throws(DatasetError) in try Dataset.read(path) }
  }

  private static func anyCSV(_ bytes: [UInt8]) {
    switch read(bytes) {
    case .success(let dataset):
      Counts.add("csv")
      Finding.require(
        dataset.images.count <= bytes.count,
        "\(dataset.images.count) images in \(bytes.count) bytes")
    case .failure(let error): Finding.checkSentence(error)
    }
  }

  /// A list of paths that need quotes, and their classes.
  private static func writtenCSV(_ input: inout Input) {
    let ends = ["\n", "\r\n", "\r"]
    let end = ends[input.below(3)]
    let characters = Array("abc,\"\n\r  é€😀'=#|:/.")
    var text = input.isRare(64) ? "\u{FEFF}path,class\(end)" : "path,class\(end)"
    var written: [(path: String, classIndex: Int)] = []
    while !input.isEmpty, written.count < 200 {
      let name = String((0..<input.below(12)).map { _ in input.choice(characters) })
      let path = "i\(name)\(written.count).png"
      let classIndex = input.word()
      text += "\"\(path.replacingQuotes)\",\(classIndex)"
      text += end
      written.append((path, classIndex))
    }
    guard !written.isEmpty else { return }
    guard case .success(let dataset) = read(Array(text.utf8)) else {
      Finding.fail("a right CSV is refused: \(read(Array(text.utf8)))")
    }
    Finding.require(dataset.images.count == written.count, "\(dataset.images.count) images")
    for (image, row) in zip(dataset.images, written) {
      Finding.require(
        image.classIndex == row.classIndex
          && image.path.utf8.elementsEqual((folder(dataset.path) + row.path).utf8),
        "\(row) is read as \(image)")
    }
    Counts.add("csv-written")
  }

  private static func folder(_ path: String) -> String {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
    return String(path[...slash])
  }

  private static func anyJSON(_ bytes: [UInt8]) {
    do throws(JSONProblem) {
      _ = try JSONParser.parse(bytes)
      Counts.add("json")
    } catch {
      Finding.checkSentence(error)
    }
  }

  /// What `--json` would print must be what was meant.
  private static func writtenJSON(_ input: inout Input) {
    let value = value(&input, depth: 0)
    let text = value.text
    do throws(JSONProblem) {
      let read = try JSONParser.parse(Array(text.utf8))
      Finding.require(isSame(value, read), "JSON is read as another value: \(text.prefix(300))")
      Counts.add("json-written")
    } catch {
      Finding.fail("JSON that was written is refused: \(error): \(text.prefix(300))")
    }
  }

  private static func value(_ input: inout Input, depth: Int) -> SwiftletRunCommands.JSONValue {
    switch input.byte() % (depth < 8 ? 8 : 6) {
    case 0: return .null
    case 1: return .bool(input.byte() % 2 == 0)
    case 2: return .integer(Int(truncatingIfNeeded: input.word() << (input.byte() % 56)))
    case 3: return .number(Double(input.word()) / 256)
    case 4, 5: return .string(string(&input))
    case 6: return .array((0..<input.below(6)).map { _ in value(&input, depth: depth + 1) })
    default:
      return .object(
        (0..<input.below(6)).map {
          .init("\($0)" + string(&input), value(&input, depth: depth + 1))
        })
    }
  }

  private static func string(_ input: inout Input) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<input.below(10) {
      let number = input.byte()
      let code = number < 192 ? number : (number - 192) * 0x400 + input.byte()
      if let scalar = Unicode.Scalar(UInt32(code)) { text.append(scalar) }
    }
    return String(text)
  }

  private static func isSame(
    _ written: SwiftletRunCommands.JSONValue, _ read: SwiftletImport.JSONValue
  ) -> Bool {
    switch (written, read) {
    case (.null, .null), (.number, .otherNumber): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .integer(let b)): a == Double(b)
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)):
      a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
    case (.object(let a), .object(let b)):
      a.count == b.count
        && zip(a, b).allSatisfy {
          $0.name.utf8.elementsEqual($1.key.utf8) && isSame($0.value, $1.value)
        }
    default: false
    }
  }
}

extension String {
  /// Quotes twice, as a quoted field has them.
  fileprivate var replacingQuotes: String {
    String(flatMap { $0 == "\"" ? "\"\"" : String($0) })
  }
}
