import SwiftletPlatform

/// Why a picture cannot be resized.
public enum PixelError: Error, Equatable, Sendable {
  /// There is not enough memory for it; how many bytes were wanted.
  case outOfMemory(byteCount: Int)
}

extension PixelError {
  /// More bytes than this are refused unasked. An image's own are at most a tenth; but to squash one
  /// of 1 × 67,108,864 pixels can take 45 GB.
  private static let memoryLimit = Int(clamping: Int64(1) << 31)

  /// Throws unless there is memory for `count` bytes.
  package static func requireMemory(_ count: Int) throws(PixelError) {
    if count > memoryLimit || !Memory.isAvailable(count) { throw .outOfMemory(byteCount: count) }
  }
}
