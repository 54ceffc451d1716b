import SwiftletInference

/// Prints the results of `run` as they come, or collects them for one JSON object.
struct RunReport {
  private let info: BundleInfo
  private let scores: ScoreReader
  private let top: Int
  private let json: Bool
  private let isa: String
  private let threads: Int
  private var results: [JSONValue] = []
  /// Whether an image could not be read.
  private(set) var failed = false

  init(info: BundleInfo, session: Session, top: Int, json: Bool) {
    self.info = info
    scores = ScoreReader(info)
    self.top = top
    self.json = json
    isa = session.isa
    threads = session.threads
  }

  /// Runs the network on the input that stands in the session, and reports.
  mutating func add(name: String, _ session: Session, _ console: Console) {
    let start = System.nanoseconds()
    session.run()
    let milliseconds = Double(System.nanoseconds() - start) / 1e6
    let best = scores.best(session, top)
    let vector = scores.vector(session)
    if json {
      results.append(member(name, best ?? [], vector, milliseconds))
      return
    }
    console.print(Text.printable(name))
    if let vector {
      console.print("  \(scores.text(vector))")
    } else if best == nil {
      for line in scores.outputs { console.print("  \(line)") }
    }
    for entry in best ?? [] {
      let probability = Text.right(Text.percent(entry.probability), 9)
      console.print("  \(probability)  \(scores.label(entry))")
    }
  }

  /// Notes an image that could not be read.
  mutating func addFailure(name: String, _ message: String) {
    failed = true
    results.append(.object([.init("image", .string(name)), .init("error", .string(message))]))
  }

  /// Prints the JSON object, if that is what was asked for.
  func finish(_ console: Console) {
    guard json else { return }
    console.print(
      JSONValue.object([
        .init("bundle", .string(info.path)), .init("isa", .string(isa)),
        .init("threads", .integer(threads)), .init("results", .array(results)),
      ]).text)
  }

  private func member(
    _ name: String, _ best: [RankedClass], _ vector: [Float]?, _ milliseconds: Double
  ) -> JSONValue {
    let numbers = vector.map { vector in
      JSONValue.Member("features", scores.json(vector))
    }
    return .object(
      [.init("image", .string(name)), .init("top", scores.json(best))]
        + [numbers].compactMap { $0 } + [.init("ms", .number(milliseconds, places: 3))])
  }
}
