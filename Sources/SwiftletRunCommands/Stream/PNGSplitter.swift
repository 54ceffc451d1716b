/// Splits a stream of PNG images at their boundaries, by the lengths of their chunks.
///
/// There is no mark to look for after damage, so whoever reads stops there.
struct PNGSplitter: Sendable {
  /// The eight bytes that start every PNG image.
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private enum State {
    case signature
    /// Length and type of a chunk.
    case head
    /// Contents and checksum.
    case body(remaining: Int, isLast: Bool)
  }

  private let limit: Int
  private var state = State.signature
  private var head: [UInt8] = []

  /// A splitter that refuses images of more than `limit` bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// Whether an image has begun and not ended.
  var isInsideImage: Bool {
    if case .signature = state { return !head.isEmpty }
    return true
  }

  /// Goes through `bytes` up to the first event, and adds the bytes of the image to `image`, which
  /// must be empty again after an event. Returns how many bytes were used; hand in the rest again.
  mutating func split(
    _ bytes: UnsafeBufferPointer<UInt8>, into image: inout [UInt8]
  ) -> (used: Int, event: SplitEvent) {
    var position = 0
    while position < bytes.count {
      switch state {
      case .signature, .head:
        head.append(bytes[position])
        image.append(bytes[position])
        position += 1
        if head.count == 8, let event = finishHead(imageCount: image.count) {
          return (position, event)
        }
      case .body(let remaining, let isLast):
        let used = min(remaining, bytes.count - position)
        image.append(contentsOf: bytes[position..<(position + used)])
        position += used
        state = .body(remaining: remaining - used, isLast: isLast)
        guard used == remaining else { continue }
        state = isLast ? .signature : .head
        if isLast { return (position, .image) }
      }
    }
    return (position, .more)
  }

  /// Reads the eight bytes in `head`; an event when they are wrong.
  private mutating func finishHead(imageCount: Int) -> SplitEvent? {
    defer { head.removeAll(keepingCapacity: true) }
    if case .signature = state {
      guard head == Self.signature else {
        return .damaged("expected the start of a PNG image, found other bytes")
      }
      state = .head
      return nil
    }
    let length = head[..<4].reduce(0) { $0 << 8 | Int($1) }
    // A chunk ends with a checksum of 4 bytes.
    guard length + 4 <= limit - imageCount else {
      return .damaged("expected a PNG image of at most \(limit) bytes, found more")
    }
    state = .body(remaining: length + 4, isLast: head[4...].elementsEqual("IEND".utf8))
    return nil
  }
}
