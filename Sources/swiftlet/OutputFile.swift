import Foundation
import SwiftletCompare
import SwiftletRunCommands
import SwiftletRuntime

/// Checks on files that will be written at the end, made before the work begins.
enum OutputFile {
  /// Refuses a path that is one of the images.
  static func check(_ path: String, option: String, images: Dataset) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try check(path, option: option, inputs: images.images.map(\.path))
  }

  /// Refuses a path that is one of the inputs, a folder, or in a folder that is not there.
  static func check(_ path: String, option: String, inputs: [String]) throws {
    for input in inputs where System.isSameFile(path, input) {
      throw UsageError("\(option) \(path) would overwrite the input \(input); give another path")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw UsageError("\(option) \(path) is a folder; give a file's path")
    }
    // Renaming a finished file over a device would remove the device.
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    if let type = attributes?[.type] as? FileAttributeType, type != .typeRegular,
      type != .typeSymbolicLink
    {
      throw UsageError("\(option) \(path) is a device or a pipe; give a file's path")
    }
    let folder = FilePath.folder(of: path)
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw WorkFailure("\(path): cannot be written: there is no folder \(folder)")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw WorkFailure("\(path): cannot be written: the folder \(folder) is not writable")
    }
  }
}

/// The parts of a path. `NSString`'s and `URL`'s trap on relative names of one character.
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
    guard let text = String(validating: bytes) else {
      throw WorkFailure(
        "\(path): expected UTF-8 text with one class name a line, found other bytes")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
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
}

extension String {
  /// The text of UTF-8 bytes without a byte order mark and with `\n` line ends; nil when they are
  /// no UTF-8.
  fileprivate init?(validating bytes: [UInt8]) {
    guard let text = String(data: Data(bytes), encoding: .utf8) else { return nil }
    let unmarked = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    self = unmarked.replacingOccurrences(of: "\r\n", with: "\n")
  }
}
