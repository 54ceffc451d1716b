import SwiftletImage

/// Reads a stream of image files: JPEG images one after the other (MJPEG), or PNG images.
struct EncodedFrameReader: FrameReader {
  /// The longest image that is accepted, in bytes: 32 MiB, more than a JPEG of 64 megapixels has.
  static let maximumImageLength = 1 << 25

  private enum Format {
    case jpeg(JPEGSplitter)
    case png(PNGSplitter)
  }

  private let source: ByteSource
  private let limit: Int
  private var format: Format?
  private var chunk: [UInt8]
  /// The bytes of `chunk` that were read and not used yet.
  private var unused = 0..<0
  private var count = 0

  /// Reads images of at most `limit` bytes from `source`, in pieces of at most `pieceLength`.
  init(
    from source: @escaping ByteSource, limit: Int = maximumImageLength, pieceLength: Int = 1 << 16
  ) {
    self.source = source
    self.limit = limit
    chunk = [UInt8](repeating: 0, count: pieceLength)
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
      case .more: continue
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

  /// Reads a piece of the stream; false at its end.
  private mutating func readPiece() throws(System.FileError) -> Bool {
    let source = source
    let result = chunk.withUnsafeMutableBytes { buffer -> Result<Int, System.FileError> in
      do throws(System.FileError) {
        return .success(try source(buffer))
      } catch {
        return .failure(error)
      }
    }
    unused = 0..<(try result.get())
    return !unused.isEmpty
  }

  /// Hands what was read to the splitter that the stream's first byte chooses; nil when that is no
  /// image's.
  private mutating func split(into image: inout [UInt8]) -> SplitEvent? {
    if format == nil {
      switch chunk[unused.lowerBound] {
      case 0xFF: format = .jpeg(JPEGSplitter(limit: limit))
      case PNGSplitter.signature[0]: format = .png(PNGSplitter(limit: limit))
      default: return nil
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
    return result.event
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
    return count > 0
      ? .end : .failure("\(streamName): expected JPEG or PNG images, found nothing")
  }

  private func unknownFormat() -> String {
    let start = Array(chunk[unused].prefix(8))
    if let stream = ForeignStream(start: start) {
      return "\(streamName): expected JPEG or PNG images, found \(stream.advice)"
    }
    return "\(streamName): \(ImageError.unknownFormat(start: start)); for raw frames give --raw"
  }
}
