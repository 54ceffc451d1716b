/// What the first bytes of a file say that it is.
public enum FileKind: String, Sendable, CaseIterable {
  case safetensors = "a safetensors file"
  case zip = "a zip archive"
  case pickle = "a Python pickle"

  case empty = "an empty file"
  case gitLFSPointer = "a Git LFS pointer, not the file itself (fetch it with `git lfs pull`)"
  case html = "an HTML page, perhaps a download that failed"
  case json = "JSON text"
  case text = "plain text"
  case gzip = "a gzip archive"
  case bzip2 = "a bzip2 archive"
  case xz = "an xz archive"
  case zstandard = "a Zstandard archive"
  case sevenZip = "a 7-Zip archive"
  case tar = "a tar archive"
  case onnx = "an ONNX model"
  case tflite = "a TensorFlow Lite model"
  case hdf5 = "an HDF5 file (Keras weights are often stored so)"
  case numpy = "a NumPy array"
  case gguf = "a GGUF model"
  case swiftlet = "a Swiftlet bundle"
  case png = "a PNG image"
  case jpeg = "a JPEG image"
  case pdf = "a PDF document"
  case executable = "an executable"
  case unknown = "of an unknown kind"

  /// The signatures that stand at the start of a file.
  private static let signatures: [(bytes: [UInt8], kind: FileKind)] = [
    ([0x50, 0x4B, 0x03, 0x04], .zip),
    ([0x50, 0x4B, 0x05, 0x06], .zip),
    (Array("version https://git-lfs".utf8), .gitLFSPointer),
    ([0x1F, 0x8B], .gzip),
    (Array("BZh".utf8), .bzip2),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz),
    ([0x28, 0xB5, 0x2F, 0xFD], .zstandard),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
    ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], .numpy),
    (Array("GGUF".utf8), .gguf),
    ([0x89, 0x53, 0x57, 0x4C, 0x0D, 0x0A, 0x1A, 0x0A], .swiftlet),
    ([0x89, 0x50, 0x4E, 0x47], .png),
    ([0xFF, 0xD8, 0xFF], .jpeg),
    (Array("%PDF-".utf8), .pdf),
    ([0x7F, 0x45, 0x4C, 0x46], .executable),
  ]

  /// Guesses the kind of a file from its content.
  init(of file: FileBytes) {
    self = Self.guess(file)
  }

  private static func guess(_ file: FileBytes) -> FileKind {
    guard file.count > 0 else { return .empty }
    // First, because the length that a safetensors file starts with can look like a signature.
    if file.byte(at: 8) == 0x7B, let length = file.load(UInt64.self, at: 0), length < 1 << 32 {
      return .safetensors
    }
    for (bytes, kind) in signatures where file.has(bytes, at: 0) { return kind }
    if file.has(Array("TFL3".utf8), at: 4) { return .tflite }
    if file.has(Array("ustar".utf8), at: 257) { return .tar }
    // Protocols 2 to 5 start with the opcode PROTO.
    if file.byte(at: 0) == 0x80, let version = file.byte(at: 1), (2...5).contains(version) {
      return .pickle
    }
    // ModelProto: field 1 (ir_version, a small number), then a field that models have.
    if file.byte(at: 0) == 0x08, let version = file.byte(at: 1), (1...32).contains(version),
      let field = file.byte(at: 2), [0x12, 0x1A, 0x22, 0x2A, 0x32, 0x3A, 0x42].contains(field)
    {
      return .onnx
    }
    return guessText(file)
  }

  private static func guessText(_ file: FileBytes) -> FileKind {
    let start = file.bytes(0..<512)
    let text = String(decoding: start, as: UTF8.self).lowercased()
    let trimmed = text.drop { $0.isWhitespace }
    if trimmed.hasPrefix("<!doctype html") || trimmed.hasPrefix("<html") { return .html }
    // The last character may be cut in two; any other that is not valid UTF-8 is no text.
    let isText = start.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || (0x09...0x0D).contains($0) }
    guard isText, !text.dropLast().contains("\u{FFFD}") else { return .unknown }
    return trimmed.hasPrefix("{") || trimmed.hasPrefix("[") ? .json : .text
  }
}
