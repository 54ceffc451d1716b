import SwiftletDigest
import SwiftletPlatform

/// The bytes of a file, read where they are asked for; every access is bounds-checked.
///
/// Nothing is mapped: whoever truncates a file while it is mapped ends the process. What cannot be read
/// is zeros here and `problem` there, which whoever has read something must look at before it is used.
final class FileBytes {
  private enum Source {
    case file(OpenFile)
    case bytes([UInt8])
  }

  private let source: Source
  /// The length of the file.
  let count: Int
  /// Why some bytes could not be read; the first reason.
  private(set) var problem: FileProblem?
  /// The block that was read last, and some others.
  private var block = Block()
  private var others: [Block]
  /// Which of the others is to make room next.
  private var oldest = 0

  /// A part of the file that is kept, since what is read next is mostly near. Several of them: a zip
  /// file's directory is far from what it tells of.
  private struct Block {
    var number = -1
    var bytes: [UInt8] = []
  }

  private static let blockLength = 1 << 14
  /// What is read at a time of what is not kept.
  static let pieceLength = 1 << 18

  /// Opens the regular file at `path`.
  convenience init(path: String) throws(ImportError) {
    do throws(FileProblem) {
      self.init(.file(try OpenFile(path: path)))
    } catch {
      throw Self.error(error, path: path)
    }
  }

  /// Bytes in memory, for parts that are tested without a file.
  convenience init(_ bytes: [UInt8]) {
    self.init(.bytes(bytes))
  }

  private init(_ source: Source) {
    self.source = source
    count =
      switch source {
      case .file(let file): file.count
      case .bytes(let bytes): bytes.count
      }
    others = [Block](repeating: Block(), count: 3)
  }

  /// Throws what kept bytes from being read, and when the file is not what it was when it was opened.
  func checkWasRead(path: String) throws(ImportError) {
    if let problem { throw Self.error(problem, path: path) }
    if case .file(let file) = source, !file.isUnchanged {
      throw .cannotOpen(path: path, reason: "it changed while it was read; wait until it is whole")
    }
  }

  private static func error(_ problem: FileProblem, path: String) -> ImportError {
    let reason =
      switch problem {
      case .folder: "it is a folder"
      case .notRegular: "it is not a regular file"
      case .system(ENOENT): "there is no such file"
      case .system(EACCES): "permission is denied"
      case .shortened: "it became shorter while it was read; wait until it is whole"
      case .system, .tooLong, .outOfMemory:
        "it cannot be read: " + String(cString: strerror(problem.number))
      }
    return .cannotOpen(path: path, reason: reason)
  }

  /// Fills `buffer` with the bytes from `offset` on, which must be inside the file.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
    precondition(offset >= 0 && offset <= count && buffer.count <= count - offset)
    guard problem == nil else {
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      return
    }
    switch source {
    case .bytes(let bytes): buffer.copyBytes(from: bytes[offset..<(offset + buffer.count)])
    case .file(let file):
      do throws(FileProblem) {
        try file.read(at: offset, into: buffer)
      } catch {
        problem = error
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
  }
}

// What is read.
extension FileBytes {
  /// The byte at `index`; nil past the end.
  func byte(at index: Int) -> UInt8? {
    index >= 0 && index < count ? self[index] : nil
  }

  /// The little-endian integer at `offset`; nil if it does not lie inside the file.
  func load<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value? {
    let size = MemoryLayout<Value>.size
    guard let range = range(at: offset, length: size) else { return nil }
    var value: Value = 0
    for index in range.reversed() { value = value << 8 | Value(truncatingIfNeeded: self[index]) }
    return value
  }

  /// The little-endian unsigned 64-bit integer at `offset`, if it is inside the file and fits an Int.
  func loadLength(at offset: Int) -> Int? {
    load(UInt64.self, at: offset).flatMap { Int(exactly: $0) }
  }

  /// The `length` bytes from `offset` on as a range; nil unless they lie inside the file.
  func range(at offset: Int, length: Int) -> Range<Int>? {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
    return offset..<(offset + length)
  }

  /// A copy of the bytes of a range, cut to the file. The caller knows that there is memory for them.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    let range = range.clamped(to: 0..<count)
    if range.count <= 1024 { return range.map { self[$0] } }
    return [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
      read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer))
      initialized = range.count
    }
  }

  /// The UTF-8 text of a range; nil if it is not inside the file or not UTF-8.
  func text(_ range: Range<Int>) -> String? {
    guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return String(validating: bytes(range), as: UTF8.self)
  }

  /// Whether the bytes at `offset` are these.
  func has(_ expected: [UInt8], at offset: Int) -> Bool {
    guard let range = range(at: offset, length: expected.count) else { return false }
    return bytes(range) == expected
  }

  /// Calls `body` with one piece after another of a range, which must lie inside the file.
  func forEachPiece(of range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) {
    let length = min(Self.pieceLength, range.count)
    guard length > 0 else { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 16)
    defer { buffer.deallocate() }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let piece = UnsafeMutableRawBufferPointer(
        rebasing: buffer[..<min(length, range.upperBound - offset)])
      read(at: offset, into: piece)
      body(UnsafeRawBufferPointer(piece))
      offset += piece.count
    }
  }

  /// The SHA-256 digest of the whole file, in hexadecimal.
  func sha256() -> String {
    var digest = SHA256()
    forEachPiece(of: 0..<count) { digest.update($0) }
    return Hexadecimal.text(digest.finish())
  }

  /// The byte at an index that is inside the file.
  private subscript(index: Int) -> UInt8 {
    let number = index / Self.blockLength
    if number != block.number { select(number) }
    return block.bytes[index % Self.blockLength]
  }

  /// Brings a block of the file to hand.
  private func select(_ number: Int) {
    if let place = others.firstIndex(where: { $0.number == number }) {
      swap(&block, &others[place])
      return
    }
    let start = number * Self.blockLength
    let length = min(Self.blockLength, count - start)
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
      read(at: start, into: UnsafeMutableRawBufferPointer(buffer))
      initialized = length
    }
    others[oldest] = block
    oldest = (oldest + 1) % others.count
    block = Block(number: number, bytes: bytes)
  }
}
