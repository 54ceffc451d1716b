/// Streams that are no images, but that cameras and converters write when they are not told
/// otherwise.
enum ForeignStream: CaseIterable {
  case h264
  case yuv4mpeg
  case multipart

  /// The stream that begins with these bytes; nil for any other.
  init?(start: some Sequence<UInt8>) {
    let start = Array(start)
    guard let kind = Self.allCases.first(where: { $0.marks.contains { start.starts(with: $0) } })
    else { return nil }
    self = kind
  }

  /// What such streams begin with.
  private var marks: [[UInt8]] {
    switch self {
    case .h264: [[0, 0, 1], [0, 0, 0, 1]]
    // Its first word is longer, but may come in pieces.
    case .yuv4mpeg: [Array("YUV4".utf8)]
    case .multipart: [Array("--".utf8), Array("\r\n--".utf8)]
    }
  }

  /// What it is and how to get frames instead, without a full stop.
  var advice: String {
    switch self {
    case .h264:
      "H.264 video; rpicam-vid writes frames with --codec mjpeg, or with --codec yuv420 and then "
        + "--raw here"
    case .yuv4mpeg:
      "YUV4MPEG2, with a header before each frame; ffmpeg writes frames alone with -f rawvideo, "
        + "and then --raw here"
    case .multipart:
      "a multipart stream, as cameras send over HTTP; "
        + "'ffmpeg -f mpjpeg -i - -c copy -f mjpeg -' takes the images out of it"
    }
  }
}
