import SwiftletPixels
import SwiftletPlatform

/// The image formats that are read.
public enum ImageFormat: String, Sendable {
  case jpeg = "JPEG"
  case png = "PNG"
}

/// Why an image could not be read. The description is a sentence without the file's name.
public enum ImageError: Error, Equatable, Sendable {
  /// The file cannot be opened or read; the system's reason.
  case unreadable(reason: String)
  /// The path names a folder, a device or a pipe.
  case notAFile
  /// There are no bytes.
  case empty
  /// The file's length is over the limit, both in bytes.
  case fileTooLong(length: Int, limit: Int)
  /// The data is neither JPEG nor PNG; its first bytes, at most 8.
  case unknownFormat(start: [UInt8])
  /// The image's size is over the limit, in pixels.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// The data ends before the image does.
  case truncated(ImageFormat)
  /// The data contradicts the format; the decoder's reason.
  case damaged(ImageFormat, reason: String)
  /// The image is of a kind that is not read; the decoder's reason.
  case unsupported(ImageFormat, reason: String)
  /// There is not enough memory to decode or resize it; how many bytes were wanted, if known.
  case outOfMemory(byteCount: Int?)
}

extension ImageError {
  /// Throws unless there is memory for `count` bytes.
  static func requireMemory(_ count: Int) throws(ImageError) {
    do throws(PixelError) {
      try PixelError.requireMemory(count)
    } catch {
      throw ImageError(error)
    }
  }

  /// The same about an image's file.
  public init(_ error: PixelError) {
    switch error {
    case .outOfMemory(let count): self = .outOfMemory(byteCount: count)
    }
  }
}

extension ImageError: CustomStringConvertible {
  /// One sentence: what was expected and what was found.
  public var description: String {
    switch self {
    case .unreadable(let reason): "expected a readable image file: \(reason)"
    case .notAFile: "expected an image file, found a folder or a device"
    case .empty: "expected a JPEG or PNG image, found an empty file"
    case .fileTooLong(let length, let limit):
      "expected an image file of at most \(limit) bytes, found \(length)"
    case .unknownFormat(let start):
      "expected a JPEG or PNG image, found \(Self.guess(start)) that starts with the bytes "
        + Hexadecimal.text(start, separator: " ")
    case .tooLarge(let width, let height, let limit):
      "expected an image of at most \(limit) pixels, found \(width) × \(height)"
    case .truncated(let format):
      "expected a whole \(format.rawValue) image, found one that ends before its last pixel"
        + " or end mark"
    case .damaged(let format, let reason):
      "expected an intact \(format.rawValue) image, found damage: \(reason)"
    case .unsupported(let format, let reason):
      "expected a \(format.rawValue) image of a usual kind, found: \(reason)"
    case .outOfMemory(let count):
      "there is not enough memory for the image"
        + (count.map { ", which needs \($0) bytes" } ?? "")
    }
  }

  /// Names other formats that people have, so that they know what to convert.
  private static func guess(_ start: [UInt8]) -> String {
    let names: [(prefix: [UInt8], name: String)] = [
      (Array("GIF8".utf8), "a GIF image"), (Array("BM".utf8), "a BMP image"),
      (Array("II*\0".utf8), "a TIFF image"), (Array("MM\0*".utf8), "a TIFF image"),
      (Array("RIFF".utf8), "a RIFF (perhaps WebP) file"), (Array("%PDF".utf8), "a PDF file"),
    ]
    if let match = names.first(where: { start.starts(with: $0.prefix) }) { return match.name }
    if start.dropFirst(4).starts(with: "ftyp".utf8) { return "a HEIF, AVIF or video file" }
    return "data"
  }
}
