import SwiftletPlatform

/// Where a command writes: standard output and standard error, or memory in tests.
///
/// Results go to the output, messages to the errors. Progress bars go to the errors too, and only
/// when these are a terminal. Used by one thread at a time.
public final class Console {
  private var pending: [UInt8] = []
  private let isCapturing: Bool
  private let errorsAreTerminal: Bool
  private var failure: Int32 = 0
  private var barIsShown = false
  private var lastDrawn: UInt64 = 0

  /// What was written so far, when capturing.
  public private(set) var capturedOutput = ""
  /// The messages and progress bars so far, when capturing.
  public private(set) var capturedErrors = ""

  /// The process's own standard output and standard error.
  public init() {
    isCapturing = false
    errorsAreTerminal = System.isTerminal(2)
  }

  /// Keeps everything in memory; `terminal` says whether the errors count as a terminal.
  public init(capturingAsTerminal terminal: Bool) {
    isCapturing = true
    errorsAreTerminal = terminal
  }

  /// Writes a line of results, or several. No other control characters than those between lines and
  /// columns reach the output, wherever the text comes from.
  public func print(_ line: String = "") {
    hideBar()
    let line = ShownText.clean(line, keeping: ["\n", "\t"])
    if isCapturing {
      capturedOutput += line + "\n"
      return
    }
    pending.append(contentsOf: line.utf8)
    pending.append(0x0A)
    if pending.count > 1 << 14 { flush() }
  }

  /// Writes a message about a failure.
  public func error(_ message: String) {
    hideBar()
    flush()
    writeErrors("swiftlet: \(Text.printable(message))\n")
  }

  /// Writes a line that is neither a result nor about a failure.
  public func note(_ line: String) {
    hideBar()
    flush()
    writeErrors("\(Text.printable(line))\n")
  }

  /// Writes a warning, to a terminal only unless `always`; callers also put warnings among their
  /// results.
  public func warn(_ message: String, always: Bool = false) {
    guard errorsAreTerminal || always else { return }
    hideBar()
    flush()
    writeErrors("swiftlet: warning: \(Text.printable(message))\n")
  }

  /// Draws a progress bar, to a terminal only and at most ten times a second; `done` equal to
  /// `total` takes it away.
  public func progress(_ label: String, done: Int, total: Int) {
    guard errorsAreTerminal else { return }
    guard done < total else { return hideBar() }
    let now = System.nanoseconds()
    guard !barIsShown || now &- lastDrawn > 100_000_000 else { return }
    lastDrawn = now
    barIsShown = true
    let width = 28
    let filled = total > 0 ? min(width, max(0, done * width / total)) : 0
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    writeErrors("\r\u{1B}[K\(label) \(bar) \(done)/\(total)")
  }

  /// Hands everything written so far to the system.
  @discardableResult
  public func flush() -> Bool {
    if !pending.isEmpty && failure == 0 {
      failure = Platform.writeAll(pending, to: 1)
    }
    pending.removeAll(keepingCapacity: true)
    return failure == 0
  }

  /// Flushes and turns output that could not be written into exit status 1.
  ///
  /// A reader that has gone (`| head`) is no reason for a message.
  public func finish(_ status: Int32) -> Int32 {
    hideBar()
    guard !flush() else { return status }
    if !System.isBrokenPipe(failure) {
      writeErrors("swiftlet: standard output: \(System.message(failure))\n")
    }
    return max(status, 1)
  }

  private func hideBar() {
    guard barIsShown else { return }
    barIsShown = false
    writeErrors("\r\u{1B}[K")
  }

  private func writeErrors(_ text: String) {
    if isCapturing {
      capturedErrors += text
    } else {
      // Nowhere is left to report that the messages themselves cannot be written.
      _ = Platform.writeAll(Array(text.utf8), to: 2)
    }
  }
}
