import SwiftletPlatform

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
/// up to the next marker that is neither a stuffed zero nor a restart. Zeros and fill bytes (ff)
/// may stand between images. After damage, what follows is skipped up to the next ff d8 ff.
struct JPEGSplitter: Sendable {
  private enum State {
    /// Between two images.
    case gap
    case gapMarker
    /// Past ff d8, which are not in the image yet.
    case opened
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
  }

  private let limit: Int
  private var state = State.gap

  /// A splitter that drops images of more than `limit` bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// Whether an image has begun and not ended.
  var isInsideImage: Bool {
    switch state {
    case .gap, .gapMarker, .lost, .lostMarker, .lostStart: false
    case .opened, .marker, .markerCode, .lengthHigh, .lengthLow, .segment, .scan, .scanMarker: true
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
    guard case .opened = state else { return }
    image.append(contentsOf: [0xFF, 0xD8])
    state = .marker
  }

  /// Uses at least one byte, unless it stands on the byte after ff d8 that shows that these start
  /// an image. Long runs of bytes without meaning are used at once.
  private mutating func step(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (used: Int, event: SplitEvent) {
    let byte = bytes[0]
    switch state {
    case .gap:
      guard byte == 0 || byte == 0xFF else { return lose(Hexadecimal.text([byte])) }
      if byte == 0xFF { state = .gapMarker }
    case .gapMarker:
      switch byte {
      case 0xFF: break
      case 0xD8: state = .opened
      case 0: state = .gap
      default: return lose(Hexadecimal.text([0xFF, byte], separator: " "))
      }
    case .opened, .marker:
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
      guard byte == 0xFF else {
        state = .lost
        return (1, .more)
      }
      state = .opened
      return (0, .more)
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
      state = .gap
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

  private mutating func lose(_ found: String) -> (used: Int, event: SplitEvent) {
    state = .lost
    return (1, .damaged("expected the start of a JPEG image (ff d8), found \(found)"))
  }
}
