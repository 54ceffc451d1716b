/// A regular file that is read piece by piece, wherever in it. Nothing is mapped, so that a file that
/// becomes shorter meanwhile is a problem and not the end of the process.
public final class OpenFile {
  private let descriptor: Int32
  private let opened: stat

  /// Bytes of the file when it was opened.
  public var count: Int { Int(opened.st_size) }

  /// Opens the file at `path`.
  public init(path: String) throws(FileProblem) {
    // O_NONBLOCK: a pipe that nobody writes to is refused at once.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      // ENXIO is what opening a socket gives.
      throw errno == ENXIO ? .notRegular : .system(number: errno)
    }
    var status = stat()
    let problem: FileProblem? =
      if fstat(descriptor, &status) != 0 {
        .system(number: errno)
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: .folder
        default: .notRegular
        }
      }
    if let problem {
      close(descriptor)
      throw problem
    }
    (self.descriptor, opened) = (descriptor, status)
  }

  deinit {
    close(descriptor)
  }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: `FileProblem.shortened` when the file ends before.
  public func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileProblem) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count == 0 {
        throw .shortened
      } else if errno != EINTR {
        throw .system(number: errno)
      }
    }
  }

  /// Whether the file has the length and the time of its last change that it had when it was opened.
  public var isUnchanged: Bool {
    var now = stat()
    return fstat(descriptor, &now) == 0 && now.st_size == opened.st_size
      && now.lastChange == opened.lastChange
  }
}

extension stat {
  /// In nanoseconds, as finely as the file system keeps it.
  fileprivate var lastChange: Int {
    #if canImport(Darwin)
      let time = st_mtimespec
    #else
      let time = st_mtim
    #endif
    return Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
  }
}
