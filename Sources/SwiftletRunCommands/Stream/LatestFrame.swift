/// Hands the newest frame from a thread that reads to one that uses it; older ones are dropped.
///
/// There are three frames' memories in all, which change hands: the reader fills one, one waits,
/// and one is in use.
final class LatestFrame: Sendable {
  private struct State: Sendable {
    var waiting = StreamFrame()
    var isFresh = false
    var dropped = 0
    var end: FrameOutcome?
    var isStopped = false
  }

  private let state = Monitor(State())

  /// Starts to let `reader` read on a thread of its own. Returns 0, or the system's error number.
  ///
  /// Nobody waits for that thread: it may stand in a read that never ends. It holds its own
  /// reference to everything it touches, and ends after the read during which `stop` was called.
  func start(_ reader: any FrameReader) -> Int32 {
    System.startThread { [self] in
      var reader = reader
      var frame = StreamFrame()
      while true {
        let outcome = reader.next(into: &frame)
        guard outcome == .frame else { return finish(outcome) }
        guard publish(&frame) else { return }
      }
    }
  }

  /// Puts a frame in the place of the one that waits, whose memory is handed back. False when no
  /// more frames are wanted.
  func publish(_ frame: inout StreamFrame) -> Bool {
    state.change { state in
      if state.isFresh { state.dropped += 1 }
      state.isFresh = true
      swap(&state.waiting, &frame)
      return !state.isStopped
    }
  }

  /// Says how the stream ended, after its last frame.
  func finish(_ outcome: FrameOutcome) {
    state.change { $0.end = outcome }
  }

  /// Waits for a frame that has not been taken yet and exchanges `frame` for it. `dropped` is how
  /// many were dropped since the one taken before. The end comes after the last frame.
  func take(into frame: inout StreamFrame) -> (outcome: FrameOutcome, dropped: Int) {
    state.wait(until: { $0.isFresh || $0.end != nil }) { state in
      if !state.isFresh, let end = state.end { return (end, 0) }
      state.isFresh = false
      swap(&state.waiting, &frame)
      defer { state.dropped = 0 }
      return (.frame, state.dropped)
    }
  }

  /// Says that no more frames are wanted.
  func stop() {
    state.change { $0.isStopped = true }
  }
}
