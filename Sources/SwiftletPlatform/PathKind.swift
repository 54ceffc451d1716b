/// What a path leads to, behind symbolic links.
public enum PathKind: Equatable, Sendable {
  /// A regular file.
  case file
  /// A folder.
  case folder
  /// A device, a pipe or a socket.
  case other
  /// Nothing that can be seen; the error number of `stat`.
  case nothing(error: Int32)

  /// Looks at a path.
  public init(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .nothing(error: errno)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    default: self = .other
    }
  }
}
