internal import CSwiftletSystem
import SwiftletPlatform

extension System {
  /// What is said before the process ends because a mapped file cannot be read any more.
  static func explainBusError(_ message: String) {
    swl_explain_bus_error("swiftlet: \(Text.printable(message))\n")
  }

  /// From now on SIGINT and SIGTERM are noted, once each, instead of ending the process.
  static func catchStopSignals() { swl_catch_stop_signals() }

  /// The number of the signal that was noted.
  static var stopSignal: Int32? {
    let signal = swl_stop_signal()
    return signal == 0 ? nil : signal
  }

  /// Reads what is there, at least one byte, and waits for it if need be. Returns how many bytes
  /// were read: 0 at the end. Throws `EINTR` once a stop signal was noted. `path` names the
  /// descriptor in errors.
  static func readAvailable(
    _ descriptor: Int32, named path: String, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    while true {
      if stopSignal != nil { throw FileError(path: path, number: EINTR) }
      // A signal can come right here, or to another thread, and would not end the wait: hence the
      // time limit, in milliseconds.
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, 100)
      if ready == 0 || ready < 0 && errno == EINTR { continue }
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      // EAGAIN: whoever gave us the descriptor made it non-blocking; `poll` waits.
      guard errno == EINTR || errno == EAGAIN else {
        throw FileError(path: path, number: errno)
      }
    }
  }

  /// Standard input.
  static let standardInput: ByteSource = { (buffer) throws(FileError) in
    try readAvailable(0, named: streamName, into: buffer)
  }

  /// Starts a thread that nobody waits for. Returns 0, or the error number.
  static func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    let failure = pthread_create(&thread, &attributes, runThreadBody, box.toOpaque())
    if failure != 0 { box.release() }
    return failure
  }
}

/// The work of a thread, as an object that C can carry.
private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) {
    self.run = run
  }
}

#if canImport(Darwin)
  private func runThreadBody(_ box: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<ThreadBody>.fromOpaque(box).takeRetainedValue().run()
    return nil
  }
#else
  private func runThreadBody(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let box else { return nil }
    Unmanaged<ThreadBody>.fromOpaque(box).takeRetainedValue().run()
    return nil
  }
#endif
