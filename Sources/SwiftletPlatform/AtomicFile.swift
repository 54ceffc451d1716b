/// Writes files that are either whole or not there.
public enum AtomicFile {
  /// Writes `bytes` as `write(_:to:syncs:)` does that takes several pieces.
  public static func write(
    _ bytes: [UInt8], to path: String, syncs: Bool = true
  ) throws(SystemError) {
    try write([bytes], to: path, syncs: syncs)
  }

  /// Writes `pieces`, one after another, to a temporary file in the target's folder and renames it.
  ///
  /// The temporary file has no name until it is complete where the file system allows that
  /// (O_TMPFILE), and a new file gets its own name at once, so that a killed process leaves nothing
  /// else, save between the two calls that replace an older file. Behind a symbolic link the file
  /// is replaced or made, not the link; devices and pipes are written directly. A file that replaces
  /// another is for nobody whom the older one was not for: it has its permissions and, where the
  /// system allows, its owner and group.
  ///
  /// - Parameters:
  ///   - pieces: what the file will hold.
  ///   - path: the file.
  ///   - syncs: whether the bytes are on the disk before the file has its name, so that it is whole
  ///     after a power cut as well. That takes as long as the disk does.
  /// - Throws: the error number of the call that failed; nothing is left behind and an older file
  ///   stays.
  public static func write(
    _ pieces: [[UInt8]], to path: String, syncs: Bool = true
  ) throws(SystemError) {
    if PathKind(of: path) == .other { return try writeDevice(pieces, path) }
    let place = try RawPath(path).resolved()
    let target = place.cString
    var older = stat()
    let replaces = stat(target, &older) == 0
    // Nobody else may open what replaces a file before it has that file's permissions.
    let mode: mode_t = replaces ? 0o600 : 0o666
    // Not made from the target's name, which may be as long as the file system allows.
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = place.folder.file(".swiftlet-\(getpid())-\(random).tmp").cString
    var isNamed = false
    var descriptor = open(place.folder.cString, temporaryFile | O_WRONLY | O_CLOEXEC, mode)
    if descriptor < 0 {
      isNamed = true
      descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode)
    }
    guard descriptor >= 0 else { throw SystemError(number: errno) }
    defer { close(descriptor) }

    var failure = replaces ? allow(descriptor, as: older) : 0
    if failure == 0 { failure = writeAll(pieces, to: descriptor) }
    if failure == 0 && syncs && fsync(descriptor) != 0 { failure = errno }
    if failure == 0 && !isNamed {
      let source = "/proc/self/fd/\(descriptor)"
      if linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 { return }
      isNamed = linkat(AT_FDCWD, source, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0
      if !isNamed { failure = errno }
    }
    if failure == 0 && rename(temporary, target) != 0 { failure = errno }
    if failure != 0 {
      if isNamed { unlink(temporary) }
      throw SystemError(number: failure)
    }
  }

  /// Gives a new file the owner, the group and the permissions of an older one, as far as the system
  /// allows. Returns 0, or the error number of the call that failed.
  private static func allow(_ descriptor: Int32, as older: stat) -> Int32 {
    // Only root may give a file away; anybody may give it to a group of their own.
    if fchown(descriptor, older.st_uid, older.st_gid) != 0 {
      _ = fchown(descriptor, uid_t.max, older.st_gid)
    }
    var newer = stat()
    guard fstat(descriptor, &newer) == 0 else { return errno }
    var mode = older.st_mode & 0o777
    if newer.st_gid != older.st_gid {
      // What the older file's group might do is not for another group, beyond what all may.
      mode &= 0o707 | (mode & 0o007) << 3
    }
    return fchmod(descriptor, mode) == 0 ? 0 : errno
  }

  /// Returns 0, or the error number of the write that failed.
  private static func writeAll(_ pieces: [[UInt8]], to descriptor: Int32) -> Int32 {
    for piece in pieces {
      let failure = Platform.writeAll(piece, to: descriptor)
      if failure != 0 { return failure }
    }
    return 0
  }

  private static func writeDevice(_ pieces: [[UInt8]], _ path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError(number: errno) }
    let failure = writeAll(pieces, to: descriptor)
    let closing = close(descriptor) == 0 ? 0 : errno
    if failure != 0 || closing != 0 { throw SystemError(number: failure != 0 ? failure : closing) }
  }

  /// Linux's O_TMPFILE, which Swift does not import; O_DIRECTORY's value differs by architecture.
  private static let temporaryFile = 0o20_000_000 | O_DIRECTORY
}
