import SwiftletPlatform

/// Writes files that are either whole or not there.
enum AtomicFile {
  /// Writes `bytes` to a temporary file in the target's folder, syncs it and renames it.
  ///
  /// The temporary file has no name until it is complete where the file system allows that
  /// (O_TMPFILE), so that not even a killed process leaves one.
  ///
  /// - Throws: `ConvertError.cannotWrite`; nothing is left behind and an older file stays.
  static func write(_ bytes: [UInt8], to path: String) throws(ConvertError) {
    let folder = folder(of: path)
    // Not made from the target's name, which may be as long as the file system allows.
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = folder + "/.swiftlet-\(getpid())-\(random).tmp"
    var isNamed = false
    var descriptor = open(folder, temporaryFile | O_WRONLY | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      isNamed = true
      descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }

    guard Platform.writeAll(bytes, to: descriptor), fsync(descriptor) == 0 else {
      let error = failure(path)
      if isNamed { unlink(temporary) }
      throw error
    }
    if !isNamed {
      let source = "/proc/self/fd/\(descriptor)"
      guard linkat(AT_FDCWD, source, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 else {
        throw failure(path)
      }
    }
    guard rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  /// What stands before the last slash.
  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Linux's O_TMPFILE, which Swift does not import; O_DIRECTORY's value differs by architecture.
  private static let temporaryFile = 0o20_000_000 | O_DIRECTORY

  private static func failure(_ path: String) -> ConvertError {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
