internal import CSwiftletImage
import SwiftletPixels

/// A whole file's bytes, freed with the value.
struct EncodedFile: ~Copyable {
  private var contents: SwlImageBytes

  /// Reads the file, which must be regular, not empty, and within `ImageReader`'s length limit.
  init(path: String) throws(ImageError) {
    let limit = ImageReader.maximumFileLength
    var contents = SwlImageBytes()
    let failure = swl_image_bytes_read(path, Int64(limit), &contents)
    if failure.kind == SWL_IMAGE_FILE_TOO_LONG {
      throw .fileTooLong(length: Int(contents.length), limit: limit)
    }
    // The format matters to failures of decoding only, which do not occur here.
    if let error = ImageError(failure, format: .jpeg) { throw error }
    self.contents = contents
  }

  deinit {
    var contents = contents
    swl_image_bytes_free(&contents)
  }

  /// The image in the file. The bytes stay alive because `self` is borrowed meanwhile.
  borrowing func decoded() throws(ImageError) -> PixelImage {
    try ImageReader.decode(
      UnsafeRawBufferPointer(start: contents.bytes, count: Int(contents.length)))
  }
}

extension ImageError {
  /// The error that a C call reports; nil when it succeeded.
  init?(_ failure: SwlImageFailure, format: ImageFormat) {
    let reason = withUnsafePointer(to: failure) { String(cString: swl_image_failure_text($0)) }
    switch failure.kind {
    case SWL_IMAGE_OK: return nil
    case SWL_IMAGE_TRUNCATED: self = .truncated(format)
    case SWL_IMAGE_UNSUPPORTED: self = .unsupported(format, reason: reason)
    case SWL_IMAGE_OUT_OF_MEMORY: self = .outOfMemory(byteCount: nil)
    case SWL_IMAGE_UNREADABLE: self = .unreadable(reason: reason)
    case SWL_IMAGE_NOT_A_FILE: self = .notAFile
    case SWL_IMAGE_EMPTY_FILE: self = .empty
    default: self = .damaged(format, reason: reason)
    }
  }
}
