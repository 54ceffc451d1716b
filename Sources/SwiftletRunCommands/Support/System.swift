import SwiftletPlatform

/// The few calls to the operating system that the commands need, so that they need no Foundation.
public enum System {
  /// Lets writes to a closed pipe, and beyond the limit for the length of files, fail with an error
  /// instead of ending the process; and lets SIGQUIT end it, where Swift's runtime would print what
  /// each thread is doing.
  public static func arrangeSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGQUIT, SIG_DFL)
  }

  /// Fills the places of standard descriptors that the caller has closed, so that no file that is
  /// opened later takes the place of standard output and gets what is printed. Reads and writes
  /// still fail: they get `/dev/null` opened the wrong way round.
  public static func reserveStandardDescriptors() {
    for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Whether a file descriptor is a terminal.
  public static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
  }

  /// Whether an error number says that the reader of a pipe has gone.
  public static func isBrokenPipe(_ error: Int32) -> Bool { error == EPIPE }

  /// Nanoseconds of a clock that never jumps.
  public static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The most memory the process has had resident so far, in bytes; nil where Linux's `/proc` is
  /// missing. (`getrusage` would include what ran in the process before it became this program.)
  public static func peakResidentBytes() -> Int? { memory("VmHWM:") }

  /// The memory that the process has resident now, in bytes; nil where Linux's `/proc` is missing.
  public static func residentBytes() -> Int? { memory("VmRSS:") }

  private static func memory(_ field: String) -> Int? {
    guard let bytes = try? readFile("/proc/self/status", limit: 1 << 16) else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard line.hasPrefix(field) else { continue }
      return Int(String(line.filter { ("0"..."9").contains($0) })).map { $0 * 1024 }
    }
    return nil
  }

  /// eˣ.
  public static func exponential(_ x: Double) -> Double { exp(x) }

  /// The system's words for an error number, for example `No such file or directory`.
  public static func message(_ error: Int32) -> String {
    guard let text = strerror(error) else { return "error \(error)" }
    return String(cString: text)
  }

  /// A file that could not be read or written.
  public struct FileError: Error, Equatable, CustomStringConvertible {
    /// The file as it was named.
    public let path: String
    /// The system's error number, or nil when the file is larger than was allowed.
    public let number: Int32?

    /// One sentence without a full stop.
    public var description: String {
      if let number { return "\(path): \(System.message(number))" }
      return "\(path): the file is larger than expected"
    }
  }

  /// Reads a file, a pipe or a device of at most `limit` bytes.
  public static func readFile(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    do throws(FileProblem) {
      return try FileContents(path: path, .stream, limit: limit).copy()
    } catch .tooLong {
      throw FileError(path: path, number: nil)
    } catch {
      throw FileError(path: path, number: error.number)
    }
  }

  /// Writes a file, replacing one of that name; when that fails, an older file stays as it was and
  /// no part of the new one is left. Devices and pipes are written directly.
  public static func writeFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    do throws(SystemError) {
      // What is written here can be computed again, and is not worth waiting for the disk.
      try AtomicFile.write(bytes, to: path, syncs: false)
    } catch {
      throw FileError(path: path, number: error.number)
    }
  }

  /// Whether two paths lead to the same existing regular file.
  public static func isSameFile(_ a: String, _ b: String) -> Bool {
    var first = stat()
    var second = stat()
    guard stat(a, &first) == 0, stat(b, &second) == 0 else { return false }
    guard first.st_mode & S_IFMT == S_IFREG else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Today's date in UTC, `YYYY-MM-DD`.
  public static func today() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let twoDigits = { (number: Int32) in (number < 10 ? "0" : "") + "\(number)" }
    return "\(1900 + parts.tm_year)-\(twoDigits(parts.tm_mon + 1))-\(twoDigits(parts.tm_mday))"
  }
}
