import Foundation

/// Writes files that are either whole or not there.
enum AtomicFile {
  /// Writes `bytes` to a temporary file in the target's folder, syncs it and renames it.
  ///
  /// The temporary file has no name until it is complete where the file system allows that
  /// (O_TMPFILE), so that not even a killed process leaves one.
  ///
  /// - Throws: `ConvertError.cannotWrite`; nothing is left behind and an older file stays.
  static func write(_ bytes: [UInt8], to path: String) throws(ConvertError) {
    let target = URL(fileURLWithPath: path)
    let folder = target.deletingLastPathComponent().path
    let temporary = folder + "/.\(target.lastPathComponent).\(getpid()).tmp"
    var isNamed = false
    var descriptor = open(folder, temporaryFile | O_WRONLY | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      isNamed = true
      descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }

    guard writeAll(bytes, to: descriptor), fsync(descriptor) == 0 else {
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

  /// Linux's O_TMPFILE, which Swift does not import; O_DIRECTORY's value differs by architecture.
  private static let temporaryFile = 0o20_000_000 | O_DIRECTORY

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return false }
        written += count
      }
      return true
    }
  }

  private static func failure(_ path: String) -> ConvertError {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
