/// One frame of a stream, in memory that is used again for the next.
struct StreamFrame: Sendable {
  /// The frame's number in the stream, from 1, whether or not frames before it were used.
  var number = 0
  /// The frame's bytes: of a raw frame its pixels, else an image file.
  var bytes: [UInt8] = []
  /// Why there is no whole frame in `bytes`; one sentence without a full stop.
  var damage: String?
}

/// What a source of frames gives.
enum FrameOutcome: Equatable, Sendable {
  /// The frame that was handed over is filled, or says why it is damaged.
  case frame
  /// The stream ended after a whole frame, of which there was at least one.
  case end
  /// The stream cannot be read on; one sentence without a full stop.
  case failure(String)
}

/// Gives bytes of a stream: fills the start of a buffer and returns how many bytes there are now,
/// 0 at the end.
typealias ByteSource =
  @Sendable (UnsafeMutableRawBufferPointer) throws(System.FileError) -> Int

/// What the stream is called in messages.
let streamName = "standard input"
