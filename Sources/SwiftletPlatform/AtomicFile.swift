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
  /// is replaced or made, not the link; devices and pipes are written directly.
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
    let target = try resolved(path)
    let folder = folder(of: target)
    // Not made from the target's name, which may be as long as the file system allows.
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = folder + "/.swiftlet-\(getpid())-\(random).tmp"
    var isNamed = false
    var descriptor = open(folder, temporaryFile | O_WRONLY | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      isNamed = true
      descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw SystemError(number: errno) }
    defer { close(descriptor) }

    var failure = writeAll(pieces, to: descriptor)
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

  /// The path behind symbolic links, where nothing need be yet.
  private static func resolved(_ path: String) throws(SystemError) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    // `realpath` knows only what is there.
    var path = path
    for _ in 0...mostLinks {
      guard let next = linked(path) else { return path }
      path = next.utf8.first == UInt8(ascii: "/") ? next : folder(of: path) + "/" + next
    }
    throw SystemError(number: ELOOP)
  }

  /// As many links, one behind the other, as Linux follows.
  private static let mostLinks = 40

  /// What a symbolic link leads to; nil for all else.
  private static func linked(_ path: String) -> String? {
    let length = Int(PATH_MAX)
    var characters = [CChar](repeating: 0, count: length)
    let count = readlink(path, &characters, length)
    guard count >= 0 else { return nil }
    return String(decoding: characters[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// What stands before the last slash.
  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Linux's O_TMPFILE, which Swift does not import; O_DIRECTORY's value differs by architecture.
  private static let temporaryFile = 0o20_000_000 | O_DIRECTORY
}
