/// What a file's name says of its format.
enum ImageFileName {
  /// The name endings of formats that are read. The contents decide in the end.
  static let extensions = ["jpg", "jpeg", "jpe", "jfif", "png"]

  /// The name endings of image formats that are not read: such files are counted, not overlooked.
  static let foreignExtensions: Set<String> = [
    "webp", "bmp", "dib", "gif", "tif", "tiff", "heic", "heif", "avif", "jp2", "j2k", "jxl",
    "ppm", "pgm", "pbm", "pnm", "tga", "ico", "svg", "psd", "exr", "hdr", "dng", "cr2", "cr3",
    "nef", "arw", "orf", "rw2", "raf",
  ]

  /// No ending of either list is longer, in bytes.
  private static let longestEnding = 8

  enum Kind: Equatable {
    case image
    /// An image in a format that is not read; the name's ending in lower case.
    case foreign(String)
    /// No image's name.
    case other
  }

  /// What `name`, or a path, ends in.
  static func kind(of name: String) -> Kind {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return .other }
    let start = name.utf8.index(after: dot)
    guard name.utf8.distance(from: start, to: name.utf8.endIndex) <= longestEnding else {
      return .other
    }
    let ending = name[start...].lowercased()
    if extensions.contains(ending) { return .image }
    return foreignExtensions.contains(ending) ? .foreign(ending) : .other
  }

  /// Whether `name` is that of an image, read or not.
  static func isImage(_ name: String) -> Bool { kind(of: name) != .other }
}
