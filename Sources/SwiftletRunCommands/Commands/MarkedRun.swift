import SwiftletInference
import SwiftletRuntime

/// What `bench` does instead of measuring time when the environment asks for marks: it runs the
/// network once between two marks, so that something outside can count what one inference takes.
///
/// With `--layers` it goes on to every kernel call of another inference, and then to every operation
/// by itself, each computed whole. It prints a line for each stretch between marks, in their order:
/// what it was, its multiply-accumulates, the index of its first operation, how many operations, and
/// their name (for the inference, that of the kernels); a tab stands between them.
enum MarkedRun {
  /// Returns the lines.
  static func lines(
    _ bundle: LoadedBundle, _ session: Session, _ settings: SessionSettings, layers: Bool
  ) throws(WorkFailure) -> [String] {
    let operations = bundle.info.operations
    // What a process does only once is not part of an inference.
    session.fillInputs(seed: 1)
    session.run()
    session.fillInputs(seed: 1)
    Mark.begin.make()
    session.run()
    Mark.end.make()
    var lines = [line("inference", operations, operations.indices, session.isa)]
    guard layers else { return lines }
    for range in callsBetweenMarks(session) {
      lines.append(line("call", operations, range, title(operations[range])))
    }
    let whole = try Session(bundle, settings, keepAllTensors: true)
    for range in callsBetweenMarks(whole) {
      lines.append(line("operation", operations, range, title(operations[range])))
    }
    return lines
  }

  /// Runs twice, the second time with a mark after each kernel call; returns the calls' operations.
  private static func callsBetweenMarks(_ session: Session) -> [Range<Int>] {
    var calls: [Range<Int>] = []
    session.fillInputs(seed: 1)
    session.run(afterEachCall: { calls.append($0) })
    session.fillInputs(seed: 1)
    Mark.begin.make()
    session.run(afterEachCall: { _ in Mark.end.make() })
    return calls
  }

  private static func title(_ operations: ArraySlice<BundleInfo.Operation>) -> String {
    guard let first = operations.first, let last = operations.last else { return "" }
    if operations.count > 1 { return "\(first.name) … \(last.name)" }
    return "\(first.name)  \(first.kind)" + (first.window.isEmpty ? "" : " \(first.window)")
  }

  private static func line(
    _ what: String, _ operations: [BundleInfo.Operation], _ range: Range<Int>, _ name: String
  ) -> String {
    let macs = operations[range].reduce(0) { $0 + $1.macs }
    return "\(what)\t\(macs)\t\(range.lowerBound)\t\(range.count)\t\(Text.printable(name))"
  }
}
