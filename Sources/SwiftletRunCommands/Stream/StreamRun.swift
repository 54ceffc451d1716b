import SwiftletInference
import SwiftletPixels

/// Runs the network on a stream of frames, one after the other.
struct StreamRun {
  private let session: Session
  private let options: StreamOptions
  private let console: Console
  private var decoder: FrameDecoder
  private var report: StreamReport

  /// Frames as `options` describes them, through the network in `session`.
  init(
    _ info: BundleInfo, _ session: Session, _ options: StreamOptions, report: StreamReport,
    _ console: Console
  ) throws(WorkFailure) {
    self.session = session
    self.options = options
    self.console = console
    self.report = report
    do throws(InferenceError) {
      try session.requireImageInput()
    } catch {
      throw WorkFailure(info, error)
    }
    decoder = try FrameDecoder(options)
  }

  /// Runs to the stream's end or the last frame that is wanted, and calls `finished` after each
  /// frame that could be used. A signal that is noted ends it after the frame in hand. Returns the
  /// exit status.
  mutating func run(
    from source: @escaping ByteSource, finished: () throws -> Void = {}
  ) throws -> Int32 {
    let reader = frameReader(options.raw, from: source)
    let end = options.latest ? try runLatest(reader, finished) : try runAll(reader, finished)
    if let signal = System.stopSignal {
      console.note(report.summary)
      return ExitStatus.stopped(by: signal)
    }
    // A reader of the results that has gone wants no summary either.
    guard console.flush() else { return ExitStatus.failed }
    if case .failure(let message) = end { console.error(message) }
    if report.lines > 0 { console.note(report.summary) }
    return end == .end && !report.failed ? ExitStatus.done : ExitStatus.failed
  }

  private mutating func runAll(
    _ reader: any FrameReader, _ finished: () throws -> Void
  ) throws -> FrameOutcome {
    var reader = reader
    var frame = StreamFrame()
    while true {
      let outcome = reader.next(into: &frame)
      guard outcome == .frame else { return outcome }
      guard try use(frame, dropped: 0, finished) else { return .end }
    }
  }

  private mutating func runLatest(
    _ reader: any FrameReader, _ finished: () throws -> Void
  ) throws -> FrameOutcome {
    let latest = LatestFrame()
    defer { latest.stop() }
    let failure = latest.start(reader)
    guard failure == 0 else {
      throw WorkFailure("cannot start a thread that reads frames: \(System.message(failure))")
    }
    var frame = StreamFrame()
    while true {
      let (outcome, dropped) = latest.take(into: &frame)
      guard outcome == .frame else { return outcome }
      guard try use(frame, dropped: dropped, finished) else { return .end }
    }
  }

  /// Runs one frame and prints its line. False when no more are wanted.
  private mutating func use(
    _ frame: StreamFrame, dropped: Int, _ finished: () throws -> Void
  ) throws -> Bool {
    report.begin(dropped: dropped)
    let start = System.nanoseconds()
    do throws(WorkFailure) {
      try setInput(try decoder.image(frame))
      let ready = System.nanoseconds()
      session.run()
      let end = System.nanoseconds()
      report.add(
        frame: frame.number, session, preprocessing: Double(ready - start) / 1e6,
        network: Double(end - ready) / 1e6, dropped: dropped, console)
    } catch {
      report.addFailure(frame: frame.number, error.message, dropped: dropped, console)
      return console.flush() && wantsMore
    }
    guard console.flush() else { return false }
    try finished()
    return wantsMore
  }

  private func setInput(_ image: PixelImage) throws(WorkFailure) {
    do throws(InferenceError) {
      try session.setImage(image)
    } catch {
      throw WorkFailure("\(error)")
    }
  }

  private var wantsMore: Bool {
    System.stopSignal == nil && options.frames.map { report.lines < $0 } ?? true
  }
}
