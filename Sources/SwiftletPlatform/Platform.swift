internal import CSwiftletSystem

/// The few calls to the operating system that several targets need.
public enum Platform {
  /// How many processors the process may use, at least 1: not those of the machine, where it is kept to
  /// some of them (`taskset`, a container's set) or to a quota of their time, which is rounded up.
  public static let processorCount: Int = {
    let allowed = Int(swl_processors_allowed())
    return max(1, min(allowed, CPUQuota.processors() ?? allowed))
  }()

  /// Writes all bytes to a descriptor. Returns 0, or the error number of the write that failed.
  ///
  /// A descriptor that whoever gave it to us has made non-blocking is waited for.
  public static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count > 0 {
          written += count
          continue
        }
        let error = count == 0 ? EIO : errno
        switch error {
        case EINTR: continue
        case EAGAIN:
          // Whatever `poll` says, the next write knows better.
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&request, 1, -1)
        default: return error
        }
      }
      return 0
    }
  }

  /// A number with a fixed count of decimals, as C's `%.*f` prints it.
  public static func fixed(_ value: Double, _ places: Int) -> String {
    // The longest has 309 digits before the point.
    var text = [CChar](repeating: 0, count: 400 + places)
    let length = withVaList([Int32(places), value]) {
      vsnprintf(&text, text.count, "%.*f", $0)
    }
    return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
