import SwiftletImage

/// Reads a stream of image files: JPEG images one after the other (MJPEG), or PNG images.
///
/// A stream of JPEG images may be joined in the middle of one: what comes before the first start mark
/// is left out.
struct EncodedFrameReader: FrameReader {
  /// The longest image that is accepted, in bytes: 32 MiB, more than a JPEG of 64 megapixels has.
  static let maximumImageLength = 1 << 25

  /// A stream without a start mark in this many bytes is none of JPEG images: 4 MiB, more than one
  /// image of a video has.
  static let maximumLead = 1 << 22

  private enum Format {
    case jpeg(JPEGSplitter)
    case png(PNGSplitter)
  }

  /// By so many bytes a stream is known, in whatever pieces they come.
  private static let startLength = 8

  private let source: ByteSource
  private let limit: Int
  private var format: Format?
  private var chunk: [UInt8]
  /// The bytes of `chunk` that were read and not used yet.
  private var unused = 0..<0
  private var count = 0
  /// The stream's first bytes, `startLength` unless it is shorter.
  private var start: [UInt8] = []
  /// How many bytes came before the first image.
  private var lead = 0

  /// Reads images of at most `limit` bytes from `source`, in pieces of at most `pieceLength`.
  init(
    from source: @escaping ByteSource, limit: Int = maximumImageLength, pieceLength: Int = 1 << 16
  ) {
    self.source = source
    self.limit = limit
    chunk = [UInt8](repeating: 0, count: max(pieceLength, Self.startLength))
  }

  /// Reads the next image, and waits for it.
  mutating func next(into frame: inout StreamFrame) -> FrameOutcome {
    frame.number = count + 1
    frame.damage = nil
    frame.bytes.removeAll(keepingCapacity: true)
    while true {
      if unused.isEmpty {
        do throws(System.FileError) {
          guard try readPiece() else { return end(frame) }
        } catch {
          return .failure("cannot read \(error)")
        }
      }
      guard let event = split(into: &frame.bytes) else { return .failure(unknownFormat()) }
      switch event {
      case .more:
        if lead > Self.maximumLead { return .failure(unknownFormat()) }
      case .image:
        count += 1
        return .frame
      case .damaged(let reason):
        count += 1
        if case .png = format { return .failure("\(streamName), frame \(count): \(reason)") }
        frame.damage = reason
        return .frame
      }
    }
  }

  /// Reads a piece of the stream; false at its end. The first piece is long enough to know it by.
  private mutating func readPiece() throws(System.FileError) -> Bool {
    unused = 0..<(try read(into: 0))
    guard format == nil else { return !unused.isEmpty }
    while unused.count < Self.startLength {
      let count = try read(into: unused.count)
      if count == 0 { break }
      unused = 0..<(unused.count + count)
    }
    start = Array(chunk[unused].prefix(Self.startLength))
    return !unused.isEmpty
  }

  /// Reads into `chunk` from a place on; returns how many bytes.
  private mutating func read(into place: Int) throws(System.FileError) -> Int {
    let source = source
    let result = chunk.withUnsafeMutableBytes { buffer -> Result<Int, System.FileError> in
      do throws(System.FileError) {
        return .success(try source(UnsafeMutableRawBufferPointer(rebasing: buffer[place...])))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Hands what was read to the splitter that the stream's first bytes choose; nil when these are the
  /// start of something else.
  private mutating func split(into image: inout [UInt8]) -> SplitEvent? {
    if format == nil {
      if start[0] == PNGSplitter.signature[0], PNGSplitter.signature.starts(with: start) {
        format = .png(PNGSplitter(limit: limit))
      } else if isForeign {
        return nil
      } else {
        format = .jpeg(JPEGSplitter(limit: limit))
      }
    }
    let rest = chunk[unused]
    let result = rest.withUnsafeBufferPointer { buffer -> (used: Int, event: SplitEvent)? in
      switch format {
      case .jpeg(var splitter):
        defer { format = .jpeg(splitter) }
        return splitter.split(buffer, into: &image)
      case .png(var splitter):
        defer { format = .png(splitter) }
        return splitter.split(buffer, into: &image)
      case nil: return nil
      }
    }
    guard let result else { return nil }
    unused.removeFirst(result.used)
    if case .jpeg(let splitter) = format, !splitter.hasBegun { lead += result.used }
    return result.event
  }

  /// Whether the first bytes are known to be something else: a kind of stream, or text, which the
  /// compressed data of an image do not look like.
  private var isForeign: Bool {
    ForeignStream(start: start) != nil
      || (start.count >= 4 && start.allSatisfy { (0x20...0x7E).contains($0) })
  }

  private func end(_ frame: StreamFrame) -> FrameOutcome {
    let isInside =
      switch format {
      case .jpeg(let splitter): splitter.isInsideImage
      case .png(let splitter): splitter.isInsideImage
      case nil: false
      }
    if isInside {
      return .failure(
        "\(streamName) ends in the middle of frame \(frame.number): expected a whole image, found "
          + "its first \(frame.bytes.count) bytes")
    }
    if count > 0 { return .end }
    return .failure(
      start.isEmpty
        ? "\(streamName): expected JPEG or PNG images, found nothing" : unknownFormat())
  }

  private func unknownFormat() -> String {
    if let stream = ForeignStream(start: start) {
      return "\(streamName): expected JPEG or PNG images, found \(stream.advice)"
    }
    return "\(streamName): \(ImageError.unknownFormat(start: start)); for raw frames give --raw"
  }
}
