import Testing

@testable import SwiftletRunCommands

/// Parts of JPEG files, built by hand.
enum JPEG {
  static let start: [UInt8] = [0xFF, 0xD8]
  static let end: [UInt8] = [0xFF, 0xD9]

  /// A marker segment with its length.
  static func segment(_ marker: UInt8, _ contents: [UInt8]) -> [UInt8] {
    let length = contents.count + 2
    return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + contents
  }

  /// An image whose only segment is a scan's, then `data`.
  static func image(_ data: [UInt8]) -> [UInt8] {
    start + segment(0xDA, [1, 1, 0, 0, 63, 0]) + data + end
  }
}

/// Bytes one after the other. (Long sums of array literals take a compiler too long.)
private func joined(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

/// What comes of a stream: images, and what was damaged.
private enum Piece: Equatable {
  case image([UInt8])
  case damaged
}

/// Splits bytes that arrive in pieces; `isInside` says whether an image is left unfinished.
private func split(
  _ pieces: [[UInt8]], limit: Int = 1000
) -> (pieces: [Piece], isInside: Bool) {
  var splitter = JPEGSplitter(limit: limit)
  var found: [Piece] = []
  var image: [UInt8] = []
  for piece in pieces {
    piece.withUnsafeBufferPointer { buffer in
      var position = 0
      while position < buffer.count {
        let (used, event) = splitter.split(
          UnsafeBufferPointer(rebasing: buffer[position...]), into: &image)
        position += used
        switch event {
        case .more: continue
        case .image: found.append(.image(image))
        case .damaged: found.append(.damaged)
        }
        image = []
      }
    }
  }
  return (found, splitter.isInsideImage)
}

/// A named stream, and what comes of it.
struct SplitCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  fileprivate let bytes: [UInt8]
  fileprivate let expected: [Piece]
  fileprivate var isInside = false

  static let plain = JPEG.image([1, 2, 3])
  /// Every marker that looks like an end and is none: in a segment, and stuffed or a restart in
  /// the compressed data.
  static let hard = joined(
    JPEG.start,
    JPEG.segment(0xE1, joined([9], JPEG.image([0xFF, 0, 0xFF, 0xD3]), [7])),
    [0xFF, 0xFF], JPEG.segment(0xDB, [0xFF, 0xD9, 0xFF, 0xD8]),
    JPEG.segment(0xDA, [0xFF, 0xD9]),
    [1, 0xFF, 0, 0xD9, 0xFF, 0xD0, 2, 0xFF, 0xD7, 0xFF, 0, 0xFF],
    JPEG.segment(0xC4, [0xFF, 0xD9]),
    JPEG.segment(0xDA, [4]), [0xFF, 0xFF, 0, 5], JPEG.end)

  /// The rest of an image: compressed data and the end mark.
  static let middle = joined([0x31, 0xFF, 0, 0x32, 0xFF, 0xD1, 0x33], JPEG.end)

  static let all: [SplitCase] = [
    .init(
      testDescription: "two images side by side", bytes: joined(plain, hard),
      expected: [.image(plain), .image(hard)]),
    .init(
      testDescription: "zeros and fill bytes between images",
      bytes: joined(
        [0, 0, 0xFF], plain, [0, 0, 0xFF, 0xFF, 0, 0xFF], hard, [0, 0xFF, 0]),
      expected: [.image(plain), .image(hard)]),
    .init(testDescription: "an empty stream", bytes: [], expected: []),
    .init(
      testDescription: "an image that is cut, and the next", bytes: joined(plain.dropLast(3), hard),
      expected: [.damaged, .image(hard)]),
    .init(
      testDescription: "an image that is cut among its segments",
      bytes: joined(JPEG.start, JPEG.segment(0xE0, [1, 2]), plain),
      expected: [.damaged, .image(plain)]),
    .init(
      testDescription: "other bytes between images, ff d8 among them",
      bytes: joined(plain, [0x0D, 0xFF, 0xD8, 3], hard, [0x0D, 0x0A], plain),
      expected: [.image(plain), .image(hard), .image(plain)]),
    .init(
      testDescription: "end marks twice and three times",
      bytes: joined(plain, JPEG.end, hard, JPEG.end, JPEG.end, plain, JPEG.end),
      expected: [.image(plain), .image(hard), .image(plain)]),
    .init(
      testDescription: "the headers of a multipart stream",
      bytes: joined(
        plain, Array("\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n".utf8), hard,
        Array("\r\n--frame--\r\n".utf8)),
      expected: [.image(plain), .image(hard)]),
    .init(
      testDescription: "as many other bytes as a gap may have, and one more",
      bytes: joined(
        plain, [UInt8](repeating: 7, count: JPEGSplitter.maximumGap), plain,
        [UInt8](repeating: 7, count: JPEGSplitter.maximumGap + 1), hard),
      expected: [.image(plain), .image(plain), .damaged, .image(hard)]),
    .init(
      testDescription: "zeros without end between images",
      bytes: joined(plain, [UInt8](repeating: 0, count: 3000), hard),
      expected: [.image(plain), .image(hard)]),
    .init(
      testDescription: "a stream that is joined in compressed data", bytes: joined(middle, hard),
      expected: [.image(hard)]),
    .init(
      testDescription: "a stream that is joined between ff and what it stuffs",
      bytes: joined([0], middle, plain), expected: [.image(plain)]),
    .init(
      testDescription: "a segment without room for its length",
      bytes: joined(JPEG.start, [0xFF, 0xE0, 0, 1, 0xFF, 0xD9], plain),
      expected: [.damaged, .image(plain)]),
    .init(
      testDescription: "an image over the limit, then another",
      bytes: joined(JPEG.image([UInt8](repeating: 5, count: 1200)), plain),
      expected: [.damaged, .image(plain)]),
    .init(
      testDescription: "a long segment over the limit, then another image",
      bytes: joined(
        JPEG.start, JPEG.segment(0xE2, [UInt8](repeating: 1, count: 1300)), plain),
      expected: [.damaged, .image(plain)]),
    .init(
      testDescription: "a stream that ends inside an image", bytes: joined(plain, hard.dropLast()),
      expected: [.image(plain)], isInside: true),
  ]
}

@Suite("JPEG splitter")
struct JPEGSplitterTests {
  @Test("Images are found, whole", arguments: SplitCase.all)
  func whole(_ item: SplitCase) {
    let found = split([item.bytes])
    #expect(found.pieces == item.expected)
    #expect(found.isInside == item.isInside)
  }

  @Test("It does not matter where the stream is cut into pieces", arguments: SplitCase.all)
  func pieces(_ item: SplitCase) {
    for cut in 0...item.bytes.count {
      let found = split([Array(item.bytes[..<cut]), Array(item.bytes[cut...])])
      #expect(found.pieces == item.expected, "cut at \(cut)")
      #expect(found.isInside == item.isInside, "cut at \(cut)")
    }
    let single = split(item.bytes.map { [$0] })
    #expect(single.pieces == item.expected && single.isInside == item.isInside)
  }

  @Test("An image that never ends does not fill the memory")
  func bounded() {
    var splitter = JPEGSplitter(limit: 1000)
    var image: [UInt8] = []
    var events: [SplitEvent] = []
    var longest = 0
    var pieces = [[UInt8]](repeating: [UInt8](repeating: 3, count: 100), count: 101)
    pieces[0] = joined(JPEG.start, JPEG.segment(0xDA, []))
    for piece in pieces {
      piece.withUnsafeBufferPointer {
        let (used, event) = splitter.split($0, into: &image)
        #expect(used == $0.count)
        if event != .more { events.append(event) }
      }
      longest = max(longest, image.count)
    }
    #expect(
      events == [.damaged("expected a JPEG image of at most 1000 bytes, found more")])
    #expect(longest <= 1100)
  }
}
