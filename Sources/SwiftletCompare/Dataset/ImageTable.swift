import SwiftletPlatform

/// Reads a CSV file with a header line and then rows `path,class`.
enum ImageTable {
  /// The images of the table at `path`, row by row.
  static func read(_ path: String, _ classes: NetworkClasses?) throws(DatasetError) -> Dataset {
    let records = try table(path)
    guard let header = records.first else { throw .noRows(path: path) }
    let columns = header.fields.count
    let fail = { (line: Int, problem: String) -> DatasetError in
      .badLine(path: path, line: line, problem: problem)
    }
    if let problem = headerProblem(header.fields) { throw fail(header.line, problem) }
    guard records.count > 1 else { throw .noRows(path: path) }
    let rows = records.dropFirst()
    let found: TableClasses
    do throws(TableClasses.Problem) {
      found = try TableClasses(rows.lazy.map { ($0.line, field(1, $0.fields)) }, classes)
    } catch {
      throw fail(error.line, error.text)
    }
    var images: [DatasetImage] = []
    for row in rows {
      if let problem = rowProblem(row.fields, columns: columns) { throw fail(row.line, problem) }
      do throws(TableClasses.Problem) {
        let index = try found.index(field(1, row.fields), line: row.line)
        images.append(DatasetImage(path: join(path, row.fields[0]), classIndex: index))
      } catch {
        throw fail(error.line, error.text)
      }
    }
    let remarks = found.remarks + [classes?.doubt(images.lazy.map(\.classIndex))].compactMap { $0 }
    return Dataset(path: path, images: images, remarks: remarks.map { "\(path): \($0)" })
  }

  private static func table(_ path: String) throws(DatasetError) -> CSVTable {
    do throws(CSVReader.ReadError) {
      return try CSVReader.read(path)
    } catch {
      switch error {
      case .file(.tooLong):
        throw .unreadable(
          path: path,
          reason: "expected a list of at most \(CSVReader.maximumLength) bytes, found more")
      case .file(let problem):
        throw .unreadable(
          path: path,
          reason: "the file cannot be read: \(String(cString: strerror(problem.number)))")
      case .encoding:
        throw .unreadable(path: path, reason: "expected UTF-8 text, found other bytes")
      case .line(let error):
        throw .badLine(path: path, line: error.line, problem: error.problem)
      }
    }
  }

  /// A field of a row, empty where there is none.
  private static func field(_ index: Int, _ fields: [String]) -> String {
    index < fields.count ? fields[index] : ""
  }

  /// What is wrong with the first record: semicolons or tabs between its fields, which spreadsheet
  /// programs call CSV too, or no header.
  private static func headerProblem(_ fields: [String]) -> String? {
    if fields.count == 1 {
      for (separator, name) in separators where fields[0].utf8.contains(separator) {
        return "expected a comma between two fields, as in path,class, found a \(name)"
      }
    }
    if ImageFileName.isImage(fields[0]) || (fields.count > 1 && Int(fields[1]) != nil) {
      return "expected a header such as path,class, found a row of data"
    }
    return nil
  }

  /// What is wrong with a row: the number of its fields, or no image's path in the first.
  private static func rowProblem(_ fields: [String], columns: Int) -> String? {
    guard fields.count <= max(columns, 2) else {
      return "expected \(max(columns, 2)) fields at most, found \(fields.count) "
        + "(quote a path that has a comma in it)"
    }
    let image = fields[0]
    guard !image.isEmpty else { return "expected an image path, found nothing" }
    guard image.utf8.count < Int(PATH_MAX) else {
      return "expected a path of less than \(PATH_MAX) bytes, found \(image.utf8.count)"
    }
    if ImageFileName.isImage(image) { return nil }
    for (separator, name) in separators {
      // Such a character in a path is one, unless what stands before it is a whole path.
      guard let place = image.utf8.firstIndex(of: separator),
        ImageFileName.isImage(String(image[..<place]))
      else { continue }
      return "expected a comma between the path and the class, found a \(name)"
    }
    guard fields.count > 1, ImageFileName.isImage(fields[1]) else { return nil }
    return
      "expected an image path and then its class, found the path '\(ShownText.name(fields[1]))' in the second "
      + "field"
  }

  private static let separators = [(UInt8(ascii: ";"), "semicolon"), (UInt8(0x09), "tab")]

  /// A path in a CSV, which is absolute or starts from the CSV's folder.
  private static func join(_ table: String, _ path: String) -> String {
    let slash = UInt8(ascii: "/")
    guard path.utf8.first != slash, let end = table.utf8.lastIndex(of: slash) else { return path }
    return String(table[...end]) + path
  }
}
