import SwiftletDigest
import SwiftletPlatform

/// A whole file, mapped read-only; every access is bounds-checked.
struct FileBytes: Sendable {
  private let data: FileContents

  /// The length of the file.
  var count: Int { data.count }

  /// Maps the regular file at `path`.
  init(path: String) throws(ImportError) {
    do throws(FileProblem) {
      data = try FileContents(path: path, .mapped)
    } catch {
      throw .cannotOpen(path: path, reason: Self.reason(error))
    }
  }

  private static func reason(_ problem: FileProblem) -> String {
    switch problem {
    case .folder: "it is a folder"
    case .notRegular: "it is not a regular file"
    case .system(ENOENT): "there is no such file"
    case .system(EACCES): "permission is denied"
    case .system, .tooLong, .outOfMemory, .shortened:
      "it cannot be read: " + String(cString: strerror(problem.number))
    }
  }

  /// Bytes in memory, for parts that are tested without a file.
  init(_ bytes: [UInt8]) {
    data = FileContents(bytes)
  }

  /// The byte at `index`; nil past the end.
  func byte(at index: Int) -> UInt8? {
    index >= 0 && index < count ? data.withUnsafeBytes { $0[index] } : nil
  }

  /// The little-endian integer at `offset`; nil if it does not lie inside the file.
  func load<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value? {
    let size = MemoryLayout<Value>.size
    guard offset >= 0, count >= size, offset <= count - size else { return nil }
    return data.withUnsafeBytes { bytes in
      Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
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

  /// A copy of the bytes of a range, cut to the file.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    data.withUnsafeBytes { [UInt8]($0[range.clamped(to: 0..<count)]) }
  }

  /// The UTF-8 text of a range; nil if it is not inside the file or not UTF-8.
  func text(_ range: Range<Int>) -> String? {
    guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return data.withUnsafeBytes { bytes in
      String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
  }

  /// Whether the bytes at `offset` are these.
  func has(_ expected: [UInt8], at offset: Int) -> Bool {
    guard let range = range(at: offset, length: expected.count) else { return false }
    return bytes(range) == expected
  }

  /// Calls `body` with the bytes of a range, which must lie inside the file.
  func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return data.withUnsafeBytes { bytes in body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
  }

  /// The SHA-256 digest of the whole file, in hexadecimal.
  func sha256() -> String {
    var digest = SHA256()
    data.withUnsafeBytes { bytes in digest.update(bytes) }
    return Hexadecimal.text(digest.finish())
  }
}
