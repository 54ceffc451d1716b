/// What a splitter found in the bytes it was given.
enum SplitEvent: Equatable {
  /// All bytes were used; the image, if one was begun, goes on.
  case more
  /// The image is whole.
  case image
  /// An image is damaged and dropped; one sentence without a full stop.
  case damaged(String)
}

/// Splits a stream of JPEG images (MJPEG) at their boundaries, without decoding them.
///
/// It walks from marker to marker as a decoder does (ITU-T T.81, B.1.1): segments are skipped by
/// their length, so an end mark in a thumbnail inside one does not count; compressed data runs
/// up to the next marker that is neither a stuffed zero nor a restart.
///
/// Between images zeros, fill bytes (ff) and more end marks may stand, and a few other bytes, such as
/// line ends and the headers of a multipart stream; more of them count as one damaged image. After
/// other bytes, after damage, and where the stream does not start with an image (it was joined in the
/// middle of one), the next image starts at ff d8 ff and a marker that can follow.
struct JPEGSplitter: Sendable {
  /// More bytes without meaning than this between two images are what is left of one, not a gap.
  static let maximumGap = 1024

  private enum State {
    /// Between two images, after so many bytes without meaning.
    case gap(skipped: Int)
    case gapMarker(skipped: Int)
    case gapStart(skipped: Int)
    /// Past ff d8, which are not in the image yet.
    case opened
    /// Past ff d8 ff, which are not in the image yet.
    case openedMarker
    /// A marker must follow.
    case marker
    case markerCode
    case lengthHigh(isScan: Bool)
    case lengthLow(isScan: Bool, high: Int)
    case segment(isScan: Bool, remaining: Int)
    /// Compressed data.
    case scan
    case scanMarker
    /// After damage.
    case lost
    case lostMarker
    case lostStart
    case lostStartMarker
  }

  private let limit: Int
  private var state: State = .gap(skipped: 0)
  /// Whether an image has begun since the stream did.
  private(set) var hasBegun = false

  /// A splitter that drops images of more than `limit` bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// Whether an image has begun and not ended.
  var isInsideImage: Bool {
    switch state {
    case .gap, .gapMarker, .gapStart, .lost, .lostMarker, .lostStart, .lostStartMarker: false
    case .opened, .openedMarker, .marker, .markerCode, .lengthHigh, .lengthLow, .segment, .scan,
      .scanMarker:
      true
    }
  }

  /// Goes through `bytes` up to the first event, and adds the bytes of the image to `image`, which
  /// must be empty again after an event. Returns how many bytes were used; hand in the rest again.
  mutating func split(
    _ bytes: UnsafeBufferPointer<UInt8>, into image: inout [UInt8]
  ) -> (used: Int, event: SplitEvent) {
    var position = 0
    while position < bytes.count {
      open(&image)
      let wasInside = isInsideImage
      let (used, event) = step(UnsafeBufferPointer(rebasing: bytes[position...]))
      if wasInside { image.append(contentsOf: bytes[position..<(position + used)]) }
      position += used
      if event != .more { return (position, event) }
      open(&image)
      if image.count > limit, isInsideImage {
        state = .lost
        return (position, .damaged("expected a JPEG image of at most \(limit) bytes, found more"))
      }
    }
    return (position, .more)
  }

  /// Adds the start mark to the image that it begins. Where it also ends another, that one's event
  /// comes first.
  private mutating func open(_ image: inout [UInt8]) {
    switch state {
    case .opened:
      image.append(contentsOf: [0xFF, 0xD8])
      state = .marker
    case .openedMarker:
      image.append(contentsOf: [0xFF, 0xD8, 0xFF])
      state = .markerCode
    case .gap, .gapMarker, .gapStart, .marker, .markerCode, .lengthHigh, .lengthLow, .segment,
      .scan, .scanMarker, .lost, .lostMarker, .lostStart, .lostStartMarker:
      return
    }
    hasBegun = true
  }

  /// Uses at least one byte, unless it stands on the byte after ff d8 that shows that these start
  /// an image. Long runs of bytes without meaning are used at once.
  private mutating func step(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (used: Int, event: SplitEvent) {
    let byte = bytes[0]
    switch state {
    case .gap(let skipped):
      if byte == 0xFF { state = .gapMarker(skipped: skipped) } else if byte != 0 { return skip(1) }
    case .gapMarker(let skipped):
      switch byte {
      case 0xFF: break
      case 0xD8: state = skipped == 0 ? .opened : .gapStart(skipped: skipped)
      // Zeros, and the end mark once more.
      case 0, 0xD9: state = .gap(skipped: skipped)
      default: return skip(2)
      }
    case .gapStart:
      guard byte == 0xFF else { return skip(3) }
      state = .lostStartMarker
    case .opened, .openedMarker, .marker:
      // A decoder skips what is no marker here, and so does this.
      if byte == 0xFF { state = .markerCode }
    case .markerCode:
      return marker(byte)
    case .lengthHigh(let isScan):
      state = .lengthLow(isScan: isScan, high: Int(byte))
    case .lengthLow(let isScan, let high):
      let length = high << 8 | Int(byte)
      guard length >= 2 else {
        state = .lost
        return (
          1,
          .damaged("expected an intact JPEG image, found a segment of \(length) bytes (at least 2)")
        )
      }
      state = .segment(isScan: isScan, remaining: length - 2)
      return finishSegment(used: 1)
    case .segment(let isScan, let remaining):
      let used = min(remaining, bytes.count)
      state = .segment(isScan: isScan, remaining: remaining - used)
      return finishSegment(used: used)
    case .scan:
      guard let next = bytes.firstIndex(of: 0xFF) else { return (bytes.count, .more) }
      state = .scanMarker
      return (next + 1, .more)
    case .scanMarker:
      switch byte {
      case 0xFF: break
      case 0, 0xD0...0xD7: state = .scan
      default: return marker(byte)
      }
    case .lost:
      guard let next = bytes.firstIndex(of: 0xFF) else { return (bytes.count, .more) }
      state = .lostMarker
      return (next + 1, .more)
    case .lostMarker:
      if byte == 0xD8 { state = .lostStart } else if byte != 0xFF { state = .lost }
    case .lostStart:
      state = byte == 0xFF ? .lostStartMarker : .lost
    case .lostStartMarker:
      switch byte {
      case 0xFF: break
      case 0xC0...0xCF, 0xDA...0xFE:
        state = .openedMarker
        return (0, .more)
      case 0xD8: state = .lostStart
      default: state = .lost
      }
    }
    return (1, .more)
  }

  /// The byte after ff, inside an image.
  private mutating func marker(_ code: UInt8) -> (used: Int, event: SplitEvent) {
    switch code {
    case 0xFF:
      break
    case 0x00, 0x01, 0xD0...0xD7:  // no marker, or one without a length
      state = .marker
    case 0xD8:
      state = .opened
      return (1, .damaged("expected a whole JPEG image, found the start of the next in it"))
    case 0xD9:
      state = .gap(skipped: 0)
      return (1, .image)
    default:
      state = .lengthHigh(isScan: code == 0xDA)
    }
    return (1, .more)
  }

  private mutating func finishSegment(used: Int) -> (used: Int, event: SplitEvent) {
    if case .segment(let isScan, 0) = state { state = isScan ? .scan : .marker }
    return (used, .more)
  }

  /// Leaves out `count` bytes without meaning between two images.
  private mutating func skip(_ count: Int) -> (used: Int, event: SplitEvent) {
    let before: Int
    switch state {
    case .gap(let skipped), .gapMarker(let skipped), .gapStart(let skipped): before = skipped
    case .opened, .openedMarker, .marker, .markerCode, .lengthHigh, .lengthLow, .segment, .scan,
      .scanMarker, .lost, .lostMarker, .lostStart, .lostStartMarker:
      preconditionFailure("only a gap has bytes without meaning")
    }
    guard hasBegun else {
      state = .lost
      return (1, .more)
    }
    state = .gap(skipped: before + count)
    guard before + count > Self.maximumGap else { return (1, .more) }
    state = .lost
    return (
      1,
      .damaged(
        "expected the start of a JPEG image (ff d8) after the one before, found more than "
          + "\(Self.maximumGap) other bytes")
    )
  }
}
