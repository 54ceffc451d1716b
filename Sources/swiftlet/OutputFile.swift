import Foundation
import SwiftletRunCommands

/// Checks on files that will be written at the end, made before the work begins.
enum OutputFile {
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
    let parent = (path as NSString).deletingLastPathComponent
    let folder = parent.isEmpty ? "." : parent
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
    return lines
  }
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
