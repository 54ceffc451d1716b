/// The bytes of whatever a path leads to, piece by piece, so that nobody needs to keep them all: a file
/// may be long, and a device has no end.
public final class ByteStream {
  private let descriptor: Int32
  private var left: Int
  private let pieceLength: Int

  /// Opens what is at `path`, of which `limit` bytes are read at most.
  public init(path: String, limit: Int, pieceLength: Int = 1 << 16) throws(FileProblem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(number: errno) }
    (self.descriptor, left, self.pieceLength) = (descriptor, limit, pieceLength)
  }

  deinit {
    close(descriptor)
  }

  /// The next bytes, nothing at the end.
  ///
  /// - Throws: `FileProblem.tooLong` when there are more than the limit.
  public func next() throws(FileProblem) -> [UInt8] {
    var count = 0
    let piece = [UInt8](unsafeUninitializedCapacity: pieceLength) { buffer, initialized in
      repeat {
        count = read(descriptor, buffer.baseAddress, pieceLength)
      } while count < 0 && errno == EINTR
      initialized = max(0, count)
    }
    guard count >= 0 else { throw errno == EISDIR ? .folder : .system(number: errno) }
    guard count <= left else { throw .tooLong(length: count) }
    left -= count
    return piece
  }
}
