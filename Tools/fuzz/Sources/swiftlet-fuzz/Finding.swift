import SwiftletPlatform
import SwiftletRunCommands

/// Writes a line to standard error, as libFuzzer does.
func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// What ends a fuzz run: a property that does not hold.
enum Finding {
  /// The longest sentence that an error may be, in bytes.
  static let longestSentence = 2000

  /// Says what does not hold and aborts, which libFuzzer takes for a finding.
  static func fail(_ what: String) -> Never {
    say("\nFINDING: \(what)")
    abort()
  }

  /// Ends the run unless `holds`.
  static func require(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fail(what()) }
  }

  /// An error must be one sentence that a terminal can show: not long, no control characters.
  static func checkSentence(_ error: some Error) {
    // As the commands print it.
    let text = Text.printable("\(error)")
    require(!text.isEmpty, "an error says nothing")
    require(
      text.utf8.count <= longestSentence,
      "an error has \(text.utf8.count) bytes: \(text.prefix(200))")
    require(
      text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F },
      "an error holds control characters: \(Array(text.utf8.prefix(200)))")
  }
}

/// Counts of what the executions of this process did, printed when it ends.
enum Counts {
  // libFuzzer calls from one thread.
  nonisolated(unsafe) private static var counts: [(name: String, count: Int)] = []

  /// Adds one to a count.
  static func add(_ name: String) {
    if let index = counts.firstIndex(where: { $0.name == name }) {
      counts[index].count += 1
    } else {
      counts.append((name, 1))
    }
  }

  /// Prints the counts as a line that Tools/fuzz/run adds up.
  static func print() {
    let all = counts.map { "\($0.name)=\($0.count)" }.joined(separator: " ")
    say("counts: \(all)")
  }
}
