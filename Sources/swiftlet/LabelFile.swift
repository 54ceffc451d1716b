import SwiftletRunCommands
import SwiftletRuntime

/// A text file with one class name a line.
enum LabelFile {
  /// Bytes of the longest file that is read.
  private static let maximumLength = 1 << 26
  /// What a bundle can hold.
  private static let longestName = BundleLayout.maximumStringLength

  /// The names, of which there must be `classes`.
  static func read(_ path: String, classes: Int) throws -> [String] {
    let bytes: [UInt8]
    do throws(System.FileError) {
      bytes = try System.readFile(path, limit: maximumLength)
    } catch {
      throw WorkFailure("cannot read \(error)")
    }
    var rest = bytes[...]
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    var names: [String] = []
    // All lines, and those up to the last that is not blank. No more names are kept than are wanted: a
    // file may have a line a byte.
    var (lineCount, found) = (0, 0)
    while !rest.isEmpty {
      let line = rest.prefix { $0 != 0x0A }
      rest = rest[line.endIndex...].dropFirst()
      guard let text = String(validating: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
      else {
        throw WorkFailure(
          "\(path): expected UTF-8 text with one class name a line, found other bytes")
      }
      let name = trimmed(text)
      lineCount += 1
      if !name.isEmpty { found = lineCount }
      guard names.count < classes else { continue }
      guard name.utf8.count <= longestName else {
        throw WorkFailure(
          "\(path), line \(lineCount): expected a class name of at most \(longestName) bytes, found "
            + "\(name.utf8.count)")
      }
      names.append(name)
    }
    guard found == classes else {
      throw WorkFailure(
        "\(path): expected \(Text.counted(classes, "line")), one for each class of the network, "
          + "found \(found)")
    }
    return names
  }

  /// The line without spaces and tabs on either side.
  private static func trimmed(_ line: String) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in
      scalar == "\t" || scalar.properties.generalCategory == .spaceSeparator
    }
    var rest = line.unicodeScalars.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return String(rest)
  }
}
