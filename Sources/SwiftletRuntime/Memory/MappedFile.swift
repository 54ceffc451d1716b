internal import CSwiftletSystem

/// Owns the bytes of a file: mapped, read, or copied from memory. Never written after `init`.
///
/// A mapped file that somebody truncates while it is in use raises SIGBUS; a file that is read
/// instead does not.
//
// `@unchecked Sendable`: both stored properties are constants, the bytes behind `base` are never
// written after init, and they are released by deinit only.
final class MappedFile: @unchecked Sendable {
  /// The first byte, at least 64-byte aligned.
  let base: UnsafeRawPointer
  let count: Int
  private let storage: Storage

  private enum Storage {
    case file(SwlFile)
    case copy(UnsafeMutableRawPointer)
  }

  /// Opens the file at `path`; `mapped` false reads it into memory.
  init(path: UnsafePointer<CChar>, mapped: Bool) throws(BundleError) {
    var file = swl_file_open(path, mapped ? 1 : 0, Int64(BundleLayout.maximumFileLength))
    guard file.error == 0, let bytes = file.bytes else {
      let error = file.error
      swl_file_close(&file)
      throw .cannotOpen(errno: error)
    }
    base = UnsafeRawPointer(bytes)
    count = Int(file.length)
    storage = .file(file)
  }

  /// Takes a copy of `bytes`.
  init(copying bytes: UnsafeRawBufferPointer) throws(BundleError) {
    if bytes.count > BundleLayout.maximumFileLength {
      throw .limit(
        "file length", found: Int64(bytes.count), maximum: Int64(BundleLayout.maximumFileLength))
    }
    guard let copy = swl_aligned_alloc(Int64(max(bytes.count, 1))) else {
      throw .outOfMemory(byteCount: bytes.count)
    }
    if let source = bytes.baseAddress, bytes.count > 0 {
      copy.copyMemory(from: source, byteCount: bytes.count)
    }
    base = UnsafeRawPointer(copy)
    count = bytes.count
    storage = .copy(copy)
  }

  /// Takes a copy of a bundle's metadata, and as much room as its weights take, which may hold
  /// anything: for checks that do not read them. Pages that nobody touches take up no memory.
  init(metadata: UnsafeRawBufferPointer, weightsLength: Int) throws(BundleError) {
    let limit = BundleLayout.maximumFileLength
    if metadata.count > limit || weightsLength > limit - metadata.count {
      throw .limit(
        "file length", found: Int64(metadata.count) + Int64(weightsLength), maximum: Int64(limit))
    }
    count = metadata.count + weightsLength
    guard let room = swl_aligned_reserve(Int64(count)) else {
      throw .outOfMemory(byteCount: count)
    }
    if let source = metadata.baseAddress {
      room.copyMemory(from: source, byteCount: metadata.count)
    }
    base = UnsafeRawPointer(room)
    storage = .copy(room)
  }

  deinit {
    switch storage {
    case .file(var file): swl_file_close(&file)
    case .copy(let pointer): swl_aligned_free(pointer)
    }
  }
}
