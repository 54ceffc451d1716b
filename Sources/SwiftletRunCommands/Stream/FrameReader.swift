import SwiftletPixels

/// Reads the frames of a stream, one after the other.
protocol FrameReader: Sendable {
  /// Reads the next frame, and waits for it. After anything but `.frame` it must not be called.
  mutating func next(into frame: inout StreamFrame) -> FrameOutcome
}

/// A reader of frames of `layout` from `source`, or of image files where that is nil.
func frameReader(_ layout: RawFrameLayout?, from source: @escaping ByteSource) -> any FrameReader {
  if let layout { return RawFrameReader(layout, from: source) }
  return EncodedFrameReader(from: source)
}
