/// The bytes of a regular file, mapped read-only, or of an array.
public final class MappedBytes: Sendable {
  // Never written after the initialiser, and freed only when no reference is left.
  nonisolated(unsafe) private let start: UnsafeMutableRawPointer?
  /// How many there are.
  public let count: Int
  private let isMapped: Bool

  /// Maps the file at `path`.
  ///
  /// - Throws: the error number of the call that failed.
  public init(path: String) throws(SystemError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError(number: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError(number: errno) }
    count = Int(status.st_size)
    isMapped = true
    // Nothing cannot be mapped.
    guard count > 0 else {
      start = nil
      return
    }
    let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard address != MAP_FAILED else { throw SystemError(number: errno) }
    start = address
  }

  /// A copy of an array.
  public init(_ bytes: [UInt8]) {
    count = bytes.count
    isMapped = false
    start = .allocate(byteCount: max(1, bytes.count), alignment: 8)
    bytes.withUnsafeBytes {
      if let base = $0.baseAddress { start?.copyMemory(from: base, byteCount: count) }
    }
  }

  deinit {
    if isMapped {
      if let start { munmap(start, count) }
    } else {
      start?.deallocate()
    }
  }

  /// Calls `body` with the bytes, which are gone after the last reference to this object.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: start, count: count))
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
