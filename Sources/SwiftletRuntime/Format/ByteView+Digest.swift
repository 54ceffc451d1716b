import SwiftletDigest

extension SHA256 {
  /// Adds the bytes of a view.
  mutating func update(_ view: ByteView) {
    update(UnsafeRawBufferPointer(start: view.base, count: view.count))
  }
}
