internal import CSwiftletSystem

/// The bytes of a whole file, read into memory. Never written after they are made.
public final class FileContents: Sendable {
  /// How a file comes into memory.
  public enum Access: Sendable {
    /// A regular file.
    case read
    /// Whatever the path leads to, read until it ends: pipes and the system's own files as well.
    case stream
  }

  // Never changed after the initialiser, and freed only when no reference is left.
  private nonisolated(unsafe) let file: SwlFile

  /// How many bytes there are.
  public var count: Int { Int(file.length) }

  /// Opens the file at `path`, of at most `limit` bytes.
  public init(path: String, _ access: Access, limit: Int = .max) throws(FileProblem) {
    var file =
      switch access {
      case .read: swl_file_open(path, 0, Int64(limit))
      case .stream: swl_file_read_stream(path, Int64(limit))
      }
    if let problem = FileProblem(file) {
      swl_file_close(&file)
      throw problem
    }
    self.file = file
  }

  deinit {
    var file = file
    swl_file_close(&file)
  }

  /// Calls `body` with the bytes, which are gone after the last reference to this object.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: file.bytes, count: count))
  }

  /// A copy of the bytes.
  ///
  /// - Throws: `FileProblem.outOfMemory` when there is no memory for it.
  public func copy() throws(FileProblem) -> [UInt8] {
    guard Memory.isAvailable(count) else { throw .outOfMemory }
    return withUnsafeBytes { [UInt8]($0) }
  }
}

/// Why a file could not be read.
public enum FileProblem: Error, Equatable, Sendable {
  /// A call to the system failed, with this number.
  case system(number: Int32)
  /// The path leads to a folder.
  case folder
  /// The path leads to a pipe, a device or a socket.
  case notRegular
  /// The file is longer than was allowed: its length in bytes; of a stream, those that came.
  case tooLong(length: Int)
  /// There is no memory for the bytes.
  case outOfMemory
  /// The file became shorter while it was read.
  case shortened

  /// The problem of a file; nil where it has none. An empty file is none.
  fileprivate init?(_ file: SwlFile) {
    switch SwlFileProblem(UInt32(file.problem)) {
    case SWL_FILE_OK, SWL_FILE_EMPTY: return nil
    case SWL_FILE_FOLDER: self = .folder
    case SWL_FILE_NOT_REGULAR: self = .notRegular
    case SWL_FILE_TOO_LONG: self = .tooLong(length: Int(file.length))
    case SWL_FILE_OUT_OF_MEMORY: self = .outOfMemory
    case SWL_FILE_SHORTENED: self = .shortened
    default: self = .system(number: file.error)
    }
  }

  /// The error number: the system's, or the one that says it best.
  public var number: Int32 {
    switch self {
    case .system(let number): number
    case .folder: EISDIR
    case .notRegular: EINVAL
    case .tooLong: EFBIG
    case .outOfMemory: ENOMEM
    case .shortened: EIO
    }
  }
}

/// A call to the operating system that failed.
public struct SystemError: Error, Equatable {
  /// As in `errno`.
  public let number: Int32

  /// The error of this number.
  public init(number: Int32) {
    self.number = number
  }
}
