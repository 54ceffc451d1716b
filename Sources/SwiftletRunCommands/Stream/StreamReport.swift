import SwiftletInference

/// Prints a line for each frame as it comes, and the summary.
struct StreamReport {
  /// How many times are kept for the median.
  private static let keptTimes = 4096

  private let scores: ScoreReader
  private let top: Int
  private let json: Bool
  private var frames = 0
  private var unreadable = 0
  private var dropped = 0
  private var milliseconds: [Double] = []
  private var rate = FrameRate()

  /// Whether a frame could not be used.
  var failed: Bool { unreadable > 0 }
  /// How many frames there was a line for.
  var lines: Int { frames + unreadable }

  init(_ info: BundleInfo, top: Int, json: Bool) {
    scores = ScoreReader(info)
    self.top = top
    self.json = json
  }

  /// Notes that a frame is there, and how many were dropped before it.
  mutating func begin(dropped count: Int) {
    dropped += count
  }

  /// Prints the line of a frame that was run. The times are milliseconds: from the frame's bytes
  /// to the network's input, and of the network.
  mutating func add(
    frame: Int, _ session: Session, preprocessing: Double, network: Double, dropped: Int,
    _ console: Console
  ) {
    if milliseconds.count < Self.keptTimes {
      milliseconds.append(preprocessing + network)
    } else {
      milliseconds[frames % Self.keptTimes] = preprocessing + network
    }
    frames += 1
    rate.add(at: System.nanoseconds())
    let best = scores.best(session, top) ?? []
    let vector = scores.vector(session)
    if json {
      let features = vector.map { JSONValue.Member("features", scores.json($0)) }
      console.print(
        JSONValue.object(
          [.init("frame", .integer(frame)), .init("top", scores.json(best))]
            + [features].compactMap { $0 } + [
              .init("preprocess_ms", .number(preprocessing, places: 3)),
              .init("ms", .number(network, places: 3)), .init("dropped", .integer(dropped)),
            ]
        ).text)
      return
    }
    let found =
      best.isEmpty
      ? vector.map { [scores.text($0)] } ?? scores.outputs
      : best.map { "\(Text.right(Text.percent($0.probability), 8))  \(scores.label($0))" }
    let time = Text.fixed(preprocessing + network, 2)
    console.print(
      "\(Text.right(String(frame), 6))  \(Text.right(time, 7)) ms  \(found.joined(separator: "  "))"
    )
  }

  /// Reports a frame that cannot be used.
  mutating func addFailure(frame: Int, _ message: String, dropped: Int, _ console: Console) {
    unreadable += 1
    rate.add(at: System.nanoseconds())
    console.error("\(streamName), frame \(frame): \(message)")
    guard json else { return }
    console.print(
      JSONValue.object([
        .init("frame", .integer(frame)), .init("error", .string(message)),
        .init("dropped", .integer(dropped)),
      ]).text)
  }

  /// One line: how many frames, how fast.
  var summary: String {
    var parts = [Text.counted(frames, "frame")]
    if unreadable > 0 { parts.append("\(unreadable) unreadable") }
    parts.append("\(dropped) dropped")
    if let speed = rate.perSecond { parts.append("\(Text.fixed(speed, 1)) frames/s") }
    if !milliseconds.isEmpty {
      parts.append("median \(Text.fixed(Statistics.median(milliseconds.sorted()), 2)) ms")
    }
    return parts.joined(separator: ", ")
  }
}
