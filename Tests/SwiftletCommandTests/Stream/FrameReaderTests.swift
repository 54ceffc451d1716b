import SwiftletPixels
import SwiftletTestSupport
import Synchronization
import Testing

@testable import SwiftletRunCommands

/// A stream in memory that gives at most `piece` bytes at a time.
func memory(_ bytes: [UInt8], piece: Int = 7) -> ByteSource {
  let position = Mutex(0)
  return { (buffer) throws(System.FileError) in
    position.withLock { position in
      let count = min(piece, buffer.count, bytes.count - position)
      buffer.copyBytes(from: bytes[position..<(position + count)])
      position += count
      return count
    }
  }
}

/// All frames of a stream, and how it ended.
func allFrames(_ reader: any FrameReader) -> (frames: [StreamFrame], end: FrameOutcome) {
  var reader = reader
  var frames: [StreamFrame] = []
  var frame = StreamFrame()
  while true {
    let outcome = reader.next(into: &frame)
    guard outcome == .frame else { return (frames, outcome) }
    frames.append(frame)
  }
}

/// The smallest PNG there is in structure: a header, data and an end, with whatever checksums.
private func png(_ data: [UInt8]) -> [UInt8] {
  let header: [UInt8] = [0, 0, 0, 2, 0x49, 0x48, 0x44, 0x52, 1, 2, 9, 9, 9, 9]
  let end: [UInt8] = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 8, 8, 8, 8]
  let parts: [[UInt8]] = [
    PNGSplitter.signature, header, [0, 0, 0, UInt8(data.count)], Array("IDAT".utf8), data,
    [7, 7, 7, 7], end,
  ]
  return Array(parts.joined())
}

@Suite("Frame readers")
struct FrameReaderTests {
  private let layout = RawFrameLayout(width: 2, height: 2, format: .rgb24)

  @Test("Raw frames follow each other without gaps", arguments: [1, 5, 12, 100])
  func raw(piece: Int) throws {
    let bytes = (0..<36).map { UInt8($0) }
    let found = allFrames(RawFrameReader(try #require(layout), from: memory(bytes, piece: piece)))
    #expect(found.end == .end)
    #expect(found.frames.map(\.number) == [1, 2, 3])
    #expect(found.frames.map(\.bytes) == [0, 12, 24].map { Array(bytes[$0..<($0 + 12)]) })
  }

  @Test("A raw stream that ends inside a frame says where, an empty one what was expected")
  func rawEnds() throws {
    let layout = try #require(layout)
    let cut = allFrames(
      RawFrameReader(layout, from: memory([UInt8](repeating: 1, count: 29))))
    #expect(cut.frames.count == 2)
    #expect(
      cut.end
        == .failure(
          "standard input ends in the middle of frame 3: expected 12 bytes, found 5"))
    let empty = allFrames(RawFrameReader(layout, from: memory([])))
    #expect(
      empty.end == .failure("standard input: expected frames of 12 bytes, found nothing"))
  }

  @Test("A stream that cannot be read says why")
  func unreadable() throws {
    let source: ByteSource = { (_) throws(System.FileError) in
      throw System.FileError(path: "standard input", number: 9)
    }
    for reader: any FrameReader in [
      RawFrameReader(try #require(layout), from: source), EncodedFrameReader(from: source),
    ] {
      #expect(
        allFrames(reader).end == .failure("cannot read standard input: Bad file descriptor"))
    }
  }

  @Test("Images follow each other; a damaged one has its number", arguments: [1, 3, 1000])
  func jpeg(piece: Int) {
    let first = JPEG.image([1])
    let last = JPEG.image([2, 3])
    let stream = first + first.dropLast(2) + last + [0, 0]
    let found = allFrames(
      EncodedFrameReader(from: memory(stream, piece: piece), limit: 500, pieceLength: 11))
    #expect(found.end == .end)
    #expect(found.frames.map(\.number) == [1, 2, 3])
    #expect(found.frames.map { $0.damage == nil } == [true, false, true])
    #expect([found.frames[0].bytes, found.frames[2].bytes] == [first, last])
  }

  @Test(
    "A stream that is joined in the middle of an image starts with the next", arguments: [1, 64])
  func joined(piece: Int) {
    let images = [JPEG.image([1]), JPEG.image([2, 3])]
    // The first byte is a PNG's, the others not.
    for lead in [[0x89, 1, 2, 0xFF, 0, 9, 0xFF, 0xD9], [0xFF, 0, 5], [0x61, 0x80, 0x0A]]
      as [[UInt8]]
    {
      let found = allFrames(
        EncodedFrameReader(
          from: memory(lead + images[0] + [0x0D, 0x0A] + images[1], piece: max(piece, 2))))
      #expect(found.end == .end)
      #expect(found.frames.map(\.number) == [1, 2])
      #expect(found.frames.map(\.bytes) == images)
      #expect(found.frames.allSatisfy { $0.damage == nil })
    }
  }

  @Test("A stream that never has a start mark ends with a sentence before all of it is read")
  func endless() {
    let used = Mutex(0)
    let source: ByteSource = { (buffer) throws(System.FileError) in
      for index in buffer.indices { buffer[index] = 0x80 }
      used.withLock { $0 += buffer.count }
      return buffer.count
    }
    guard case .failure(let message) = allFrames(EncodedFrameReader(from: source)).end else {
      Issue.record("expected a failure")
      return
    }
    #expect(message.contains("80 80 80 80") && message.contains("for raw frames give --raw"))
    #expect(used.withLock { $0 } <= EncodedFrameReader.maximumLead + 2 << 16)
  }

  @Test("PNG images follow each other, cut into pieces anywhere", arguments: 1...40)
  func png(piece: Int) {
    let images = [SwiftletCommandTests.png([1, 2, 3]), SwiftletCommandTests.png([])]
    let found = allFrames(
      EncodedFrameReader(
        from: memory(images[0] + images[1], piece: piece), limit: 500, pieceLength: 40))
    #expect(found.end == .end)
    #expect(found.frames.map(\.bytes) == images)
  }

  @Test("PNG images that are too long or followed by something else end the stream")
  func pngDamage() {
    let image = SwiftletCommandTests.png([1])
    for (stream, limit, words) in [
      (image + [1, 2, 3, 4, 5, 6, 7, 8], 500, "frame 2: expected the start of a PNG image"),
      (image, 40, "frame 1: expected a PNG image of at most 40 bytes, found more"),
      (image.dropLast(), 500, "ends in the middle of frame 1: expected a whole image, found its"),
      (image + PNGSplitter.signature, 500, "ends in the middle of frame 2"),
    ] as [([UInt8], Int, String)] {
      guard
        case .failure(let message) = allFrames(
          EncodedFrameReader(from: memory(stream), limit: limit)
        ).end
      else {
        Issue.record("expected a failure with '\(words)'")
        continue
      }
      #expect(message.contains(words))
    }
  }

  @Test("What is no image, nothing, and a cut image are told apart")
  func encodedEnds() {
    for (stream, words) in [
      (Array("GIF89a".utf8), "found a GIF image"), (Array("GIF89a".utf8), "give --raw"),
      ([], "expected JPEG or PNG images, found nothing"),
      ([0, 0, 1, 0x67], "found H.264 video; rpicam-vid writes frames with --codec mjpeg, or with"),
      ([0, 0, 0, 1, 0x67], "found H.264 video"), ([0, 0, 0, 0], "for raw frames give --raw"),
      (Array("YUV4MPEG2 W640 H480".utf8), "found YUV4MPEG2, with a header before each frame"),
      (Array("--frame\r\nContent-Type: image/jpeg".utf8), "found a multipart stream"),
      (Array("\r\n--frame\r\n".utf8), "'ffmpeg -f mpjpeg -i - -c copy -f mjpeg -' takes"),
      (JPEG.image([1]) + JPEG.image([2]).dropLast(), "in the middle of frame 2"),
      (JPEG.start, "in the middle of frame 1: expected a whole image, found its first 2 bytes"),
    ] as [([UInt8], String)] {
      guard case .failure(let message) = allFrames(EncodedFrameReader(from: memory(stream))).end
      else {
        Issue.record("expected a failure with '\(words)'")
        continue
      }
      #expect(message.contains(words))
    }
  }

  /// Text before an image, found by fuzzing: a first byte alone does not say what a stream is.
  @Test("What a stream is does not depend on the pieces it comes in", arguments: 1...9)
  func kinds(piece: Int) {
    let image: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 0xFF, 0xD9]
    for (start, isKnown) in [
      ("____", true), ("________", false), ("_____\u{1}", true), ("HTTP/1.1 200", false),
      ("", true),
    ] {
      let found = allFrames(
        EncodedFrameReader(
          from: memory(Array(start.utf8) + image + image, piece: piece), limit: 500))
      let whole = allFrames(
        EncodedFrameReader(from: memory(Array(start.utf8) + image + image, piece: 500), limit: 500))
      #expect(found.frames.map(\.bytes) == whole.frames.map(\.bytes) && found.end == whole.end)
      if case .failure = found.end {
        #expect(!isKnown, "\(start)")
      } else {
        #expect(isKnown, "\(start)")
      }
    }
  }

  @Test("Random bytes never trap, and never give more than there is")
  func random() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<300 {
      // Many ff, d8, d9 and da, so that every state is reached.
      let common: [UInt8] = [0xFF, 0xFF, 0xD8, 0xD9, 0xDA, 0, 2, 0xE0]
      var stream = JPEG.start
      for _ in 0..<400 {
        let bits = random.next()
        stream.append(bits & 1 == 0 ? common[Int(bits >> 1 & 7)] : UInt8(bits >> 8 & 255))
      }
      let found = allFrames(EncodedFrameReader(from: memory(stream), limit: 100, pieceLength: 13))
      #expect(found.frames.allSatisfy { $0.damage != nil || $0.bytes.count <= 113 })
      #expect(found.frames.reduce(0) { $0 + ($1.damage == nil ? $1.bytes.count : 0) } <= 402)
    }
  }
}
