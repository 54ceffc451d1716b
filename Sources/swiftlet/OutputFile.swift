import SwiftletCompare
import SwiftletPlatform
import SwiftletRunCommands

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
