internal import CSwiftletSystem

/// Owns the memory that a network's tensors live in: one 64-byte aligned allocation.
final class Arena {
  private let base: UnsafeMutableRawPointer
  let count: Int

  /// `count` zeroed bytes.
  init(count: Int) throws(BundleError) {
    guard let base = swl_aligned_alloc(Int64(max(count, 1))) else {
      throw .outOfMemory(byteCount: count)
    }
    self.base = base
    self.count = count
  }

  deinit {
    swl_aligned_free(base)
  }

  /// `length` bytes from `offset` on; valid while the arena lives.
  func bytes(_ offset: Int, _ length: Int) -> UnsafeMutableBufferPointer<Int8> {
    precondition(offset >= 0 && length >= 0 && offset <= count && length <= count - offset)
    let start = (base + offset).assumingMemoryBound(to: Int8.self)
    return UnsafeMutableBufferPointer(start: start, count: length)
  }
}
