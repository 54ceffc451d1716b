import SwiftletCompare
import SwiftletPlatform
import SwiftletRunCommands
import SwiftletRuntime

/// Checks on files that will be written at the end, made before the work begins.
enum OutputFile {
  /// Refuses a path that is one of the images.
  static func check(_ path: String, option: String, images: Dataset) throws {
    if case .nothing = PathKind(of: path) { return }
    try check(path, option: option, inputs: images.images.map(\.path))
  }

  /// Refuses a path that is one of the inputs, a folder, or in a folder that is not there.
  static func check(_ path: String, option: String, inputs: [String]) throws {
    for input in inputs where System.isSameFile(path, input) {
      throw UsageError("\(option) \(path) would overwrite the input \(input); give another path")
    }
    switch PathKind(of: path) {
    case .folder: throw UsageError("\(option) \(path) is a folder; give a file's path")
    // Renaming a finished file over a device would remove the device.
    case .other:
      throw UsageError("\(option) \(path) is a device or a pipe; give a file's path")
    case .file, .nothing: break
    }
    let folder = FilePath.folder(of: path)
    guard PathKind(of: folder) == .folder else {
      throw WorkFailure("\(path): cannot be written: there is no folder \(folder)")
    }
    guard access(folder, W_OK) == 0 else {
      throw WorkFailure("\(path): cannot be written: the folder \(folder) is not writable")
    }
  }
}

/// The parts of a path.
enum FilePath {
  /// What stands before the last slash; `.` when there is none.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// What stands after the last slash.
  static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }
}

/// A text file with one class name a line.
enum LabelFile {
  /// The names, of which there must be `classes`.
  static func read(_ path: String, classes: Int) throws -> [String] {
    let bytes: [UInt8]
    do throws(System.FileError) {
      bytes = try System.readFile(path, limit: 1 << 26)
    } catch {
      throw WorkFailure("cannot read \(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw WorkFailure(
        "\(path): expected UTF-8 text with one class name a line, found other bytes")
    }
    // By scalars, since a carriage return and the line feed behind it are one character.
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      trimmed(line.last == "\r" ? line.dropLast() : line)
    }
    while lines.last == "" { lines.removeLast() }
    guard lines.count == classes else {
      throw WorkFailure(
        "\(path): expected \(Text.counted(classes, "line")), one for each class of the network, "
          + "found \(lines.count)")
    }
    for (index, name) in lines.enumerated() where name.utf8.count > longestName {
      throw WorkFailure(
        "\(path), line \(index + 1): expected a class name of at most \(longestName) bytes, "
          + "found \(name.utf8.count)")
    }
    return lines
  }

  /// What a bundle can hold.
  private static let longestName = BundleLayout.maximumStringLength

  /// The line without spaces and tabs on either side.
  private static func trimmed(_ line: ArraySlice<Unicode.Scalar>) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in
      scalar == "\t" || scalar.properties.generalCategory == .spaceSeparator
    }
    var rest = line.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    var text = ""
    text.unicodeScalars.append(contentsOf: rest)
    return text
  }
}
