internal import CSwiftletImage
import SwiftletPixels
import SwiftletPlatform

/// Reads JPEG and PNG files into upright RGB.
///
/// The format is told by the first bytes, not by the file's name. Grey becomes equal red, green
/// and blue; alpha is dropped without composing; of 16-bit samples the high byte is kept; CMYK
/// JPEG is taken as inverted, as Adobe's programs write it. JPEG pixels are those of libjpeg-turbo
/// with its default settings. EXIF orientation is applied; colour profiles are not.
public enum ImageReader {
  /// The longest file that is read: 256 MiB.
  public static let maximumFileLength = 1 << 28
  /// The most pixels an image may have: 64 Mi. Checked before anything of that size is allocated.
  public static let maximumPixelCount = PixelImage.maximumPixelCount

  /// Reads the image file at `path`.
  public static func read(_ path: String) throws(ImageError) -> PixelImage {
    let file: FileContents
    do throws(FileProblem) {
      file = try FileContents(path: path, .read, limit: maximumFileLength)
    } catch {
      throw ImageError(error, limit: maximumFileLength)
    }
    // `Result`, since typed errors do not pass through the closure.
    return try file.withUnsafeBytes { bytes in
      Result<PixelImage, ImageError> { () throws(ImageError) in try decode(bytes) }
    }.get()
  }

  /// Decodes a whole image file that is in memory.
  public static func decode(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> PixelImage {
    guard let format = try format(of: bytes) else { throw .empty }
    let image: PixelImage
    let exif: Range<Int>?
    switch format {
    case .jpeg:
      image = try decode(bytes, as: .jpeg, size: swl_jpeg_size, pixels: swl_jpeg_decode)
      exif = ExifLocator.inJPEG(bytes)
    case .png:
      image = try decode(bytes, as: .png, size: swl_png_size, pixels: swl_png_decode)
      exif = ExifLocator.inPNG(bytes)
    }
    guard let exif else { return image }
    let orientation = Orientation(exif: UnsafeRawBufferPointer(rebasing: bytes[exif]))
    if orientation != .upright { try ImageError.requireMemory(image.pixels.count) }
    return image.upright(from: orientation)
  }

  /// Tells the format by the signature; nil when there are no bytes.
  private static func format(
    of bytes: UnsafeRawBufferPointer
  ) throws(ImageError) -> ImageFormat? {
    if bytes.isEmpty { return nil }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    throw .unknownFormat(start: Array(bytes.prefix(8)))
  }

  private typealias SizeFunction = (
    UnsafePointer<UInt8>, Int64, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>
  ) -> SwlImageFailure
  private typealias DecodeFunction = (
    UnsafePointer<UInt8>, Int64, Int32, Int32, UnsafeMutablePointer<UInt8>
  ) -> SwlImageFailure

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, as format: ImageFormat, size: SizeFunction,
    pixels: DecodeFunction
  ) throws(ImageError) -> PixelImage {
    guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { throw .empty }
    let length = Int64(bytes.count)
    var width: Int32 = 0
    var height: Int32 = 0
    try check(size(start, length, &width, &height), format: format)
    // Both are below 2³¹, so the product cannot overflow.
    guard width > 0, height > 0, Int(width) * Int(height) <= maximumPixelCount else {
      throw .tooLarge(width: Int(width), height: Int(height), limit: maximumPixelCount)
    }
    let count = Int(width) * Int(height) * 3
    try ImageError.requireMemory(count)
    var failure = SwlImageFailure()
    // After a failure nothing counts as initialized, so the untouched memory is never touched.
    let rgb = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let target = buffer.baseAddress else { return }
      failure = pixels(start, length, width, height, target)
      initialized = failure.kind == SWL_IMAGE_OK ? count : 0
    }
    try check(failure, format: format)
    return PixelImage(width: Int(width), height: Int(height), pixels: rgb)
  }

  private static func check(
    _ failure: SwlImageFailure, format: ImageFormat
  ) throws(ImageError) {
    if let error = ImageError(failure, format: format) { throw error }
  }
}

extension ImageError {
  /// The error that a C call reports; nil when it succeeded.
  fileprivate init?(_ failure: SwlImageFailure, format: ImageFormat) {
    let reason = withUnsafePointer(to: failure) { String(cString: swl_image_failure_text($0)) }
    switch failure.kind {
    case SWL_IMAGE_OK: return nil
    case SWL_IMAGE_TRUNCATED: self = .truncated(format)
    case SWL_IMAGE_UNSUPPORTED: self = .unsupported(format, reason: reason)
    case SWL_IMAGE_OUT_OF_MEMORY: self = .outOfMemory(byteCount: nil)
    default: self = .damaged(format, reason: reason)
    }
  }

  /// The error of a file that cannot be read, of at most `limit` bytes.
  fileprivate init(_ problem: FileProblem, limit: Int) {
    switch problem {
    case .system(let number): self = .unreadable(reason: String(cString: strerror(number)))
    case .folder, .notRegular: self = .notAFile
    case .tooLong(let length): self = .fileTooLong(length: length, limit: limit)
    case .outOfMemory: self = .outOfMemory(byteCount: nil)
    case .shortened: self = .unreadable(reason: "the file became shorter while it was read")
    }
  }
}
