import SwiftletPixels
import SwiftletPlatform

@testable import SwiftletRunCommands

/// Splits streams of images and of raw frames: in whatever pieces the bytes come, the frames are the
/// same, and whole images that follow each other are given out as they are.
enum StreamTarget {
  /// Kind, limit, size of the pieces, seed.
  static let headLength = 4
  /// Of one part of a stream: kind and three numbers.
  static let partLength = 4

  static func execute(_ input: inout Input) {
    let (kind, limit, piece, seed) = (input.byte(), input.byte(), input.byte(), input.byte())
    switch kind % 8 {
    case 6: raw(&input, piece: 1 + piece, seed: seed)
    case 7: split(input.rest(), limit: limit, piece: piece, seed: seed, frames: nil)
    default: parts(&input, isPNG: kind % 8 == 5, limit: limit, piece: piece, seed: seed)
    }
  }

  /// A stream of images, of damaged ones and of what may stand between them.
  private static func parts(
    _ input: inout Input, isPNG: Bool, limit: Int, piece: Int, seed: Int
  ) {
    var bytes: [UInt8] = []
    var frames: [[UInt8]]? = []
    while !input.isEmpty, bytes.count < 1 << 15 {
      let (kind, a, b, c) = (input.byte(), input.byte(), input.byte(), input.byte())
      var image = isPNG ? png(a, b) : jpeg(a, b, c)
      switch kind % 16 {
      case 0...8: frames?.append(image)
      case 9 where !isPNG: image = [UInt8](repeating: kind < 128 ? 0 : 0xFF, count: a)
      case 10:
        image.removeLast(min(image.count, 1 + b))
        frames = nil
      case 11:
        image[(a << 8 | b) % image.count] = UInt8(c)
        frames = nil
      case 12:
        image = [0xFF, UInt8(a), UInt8(b)]
        frames = nil
      case 13:
        image = [13, 10]
        frames = nil
      case 14:
        image = [0xFF, 0xD9]
        frames = nil
      default:
        image = Array(repeating: [UInt8(a), UInt8(b)], count: c).flatMap { $0 }
        frames = nil
      }
      // A stream is known by its first byte.
      if bytes.isEmpty, let first = image.first, first != 0xFF, first != 0x89 { frames = nil }
      bytes += image
    }
    split(bytes, limit: limit, piece: piece, seed: seed, frames: bytes.isEmpty ? nil : frames)
  }

  private static func jpeg(_ a: Int, _ b: Int, _ c: Int) -> [UInt8] {
    var segments: [UInt8] = []
    // A thumbnail, whose marks are no marks of the image's.
    if a % 4 == 1 {
      let content = SmallImages.jpeg(width: 8, height: 8) + [UInt8](repeating: 0xFF, count: b)
      segments = [0xFF, UInt8(0xE0 + c % 16)] + big(UInt16(content.count + 2)) + content
    }
    return SmallImages.jpeg(width: 1 + b % 64, height: 1 + c % 64, segments: segments)
  }

  private static func png(_ a: Int, _ b: Int) -> [UInt8] {
    let (width, height) = (1 + a % 32, 1 + b % 32)
    let rows = [UInt8](repeating: UInt8(a), count: (width + 1) * height)
    return SmallImages.png(width: width, height: height, depth: 8, type: 0, rows: rows)
  }

  private static func split(
    _ bytes: [UInt8], limit: Int, piece: Int, seed: Int, frames: [[UInt8]]?
  ) {
    let limit = limit < 224 ? 1 << 20 : 16 + 4 * (limit - 224)
    let whole = collect(bytes, limit: limit, piece: 1 << 14, seed: nil)
    let pieces = collect(
      bytes, limit: limit, piece: 1 + piece * (seed % 2 == 0 ? 1 : 40), seed: seed)
    // Where an image becomes too long is noticed piece by piece.
    guard limit == 1 << 20 else { return }
    Finding.require(
      whole.frames == pieces.frames && (whole.failure == nil) == (pieces.failure == nil),
      "pieces of \(1 + piece) bytes give other frames than the whole")
    if let frames {
      Finding.require(
        whole.frames == frames.map { .image($0) },
        "\(frames.count) whole images are given out as \(whole.frames.count) frames")
      Counts.add("whole")
    }
  }

  private enum Found: Equatable {
    case image([UInt8])
    case damaged
  }

  /// All frames of a stream. With a seed it comes in pieces of changing lengths.
  private static func collect(
    _ bytes: [UInt8], limit: Int, piece: Int, seed: Int?
  ) -> (frames: [Found], failure: String?) {
    let source = ByteFeed(bytes, seed: seed)
    var reader = EncodedFrameReader(
      from: { (buffer) in source.read(buffer) }, limit: limit, pieceLength: piece)
    var frames: [Found] = []
    var frame = StreamFrame()
    var sum = 0
    while true {
      switch reader.next(into: &frame) {
      case .frame:
        if let damage = frame.damage {
          frames.append(.damaged)
          Counts.add("damaged")
          Finding.require(damage.utf8.count <= Finding.longestSentence, "a long sentence")
        } else {
          frames.append(.image(frame.bytes))
          Counts.add("frames")
          sum += frame.bytes.count
          Finding.require(
            frame.bytes.count <= limit + piece, "a frame of \(frame.bytes.count) bytes")
        }
        Finding.require(
          frames.count <= bytes.count + 1 && sum <= bytes.count + 2 * frames.count,
          "more frames than bytes")
      case .end: return (frames, nil)
      case .failure(let sentence):
        Finding.require(sentence.utf8.count <= Finding.longestSentence, "a long sentence")
        return (frames, sentence)
      }
    }
  }

  private static func raw(_ input: inout Input, piece: Int, seed: Int) {
    let format: RawPixelFormat = input.byte() % 2 == 0 ? .rgb24 : .yuv420
    let (width, height, pad) = (1 + input.byte() % 20, 1 + input.byte() % 20, input.byte())
    let tight = format == .rgb24 ? 3 * width : width + width % 2
    let layout = RawFrameLayout(
      width: width, height: height, format: format,
      stride: pad < 128 ? nil : tight + 2 * (pad % 16))
    guard let layout else { Finding.fail("a right layout is refused") }
    let bytes = input.rest()
    let source = ByteFeed(bytes, seed: seed)
    var reader = RawFrameReader(layout, from: { (buffer) in source.read(buffer) })
    let colours = YUVColours.allCases
    var converter = RawFrameConverter(layout, colours: colours[piece % colours.count])
    var frame = StreamFrame()
    var count = 0
    while case .frame = reader.next(into: &frame) {
      let start = count * layout.byteCount
      Finding.require(
        frame.bytes[...] == bytes[start..<(start + layout.byteCount)], "other bytes in a frame")
      let image = frame.bytes.withUnsafeBytes { converter.image($0) }
      Finding.require(image.pixels.count == 3 * width * height, "an image lacks pixels")
      count += 1
    }
    Finding.require(count == bytes.count / layout.byteCount, "\(count) frames")
    Counts.add("raw")
  }
}

/// Gives bytes in pieces: as many as are asked for, or fewer, as a seed chooses.
private final class ByteFeed: @unchecked Sendable {
  // One reader uses it, on one thread.
  private let bytes: [UInt8]
  private var position = 0
  private var random: SplitMix64?

  init(_ bytes: [UInt8], seed: Int?) {
    self.bytes = bytes
    random = seed.map { SplitMix64(seed: UInt64($0)) }
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    var count = min(buffer.count, bytes.count - position)
    if count > 1, let number = random?.next(), number % 16 != 0 {
      count = 1 + Int(number >> 8 % UInt64(count))
    }
    bytes[position..<(position + count)].withUnsafeBytes { buffer.copyMemory(from: $0) }
    position += count
    return count
  }
}
