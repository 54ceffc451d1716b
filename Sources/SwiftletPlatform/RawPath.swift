/// A path as the bytes that the system knows: a name need not be UTF-8, and a `String` would mend it
/// into another name.
struct RawPath {
  /// Without the zero that ends it.
  let bytes: ArraySlice<UInt8>

  private static let slash = UInt8(ascii: "/")

  /// The path that a text names.
  init(_ path: String) {
    bytes = Array(path.utf8)[...]
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// For the system's calls.
  var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

  /// What stands before the last slash.
  var folder: RawPath {
    guard let end = bytes.lastIndex(of: Self.slash) else { return RawPath(".") }
    return end == bytes.startIndex ? RawPath("/") : RawPath(bytes[..<end])
  }

  /// What stands after the last slash.
  var name: ArraySlice<UInt8> {
    guard let end = bytes.lastIndex(of: Self.slash) else { return bytes }
    return bytes[bytes.index(after: end)...]
  }

  /// The file of this name in the folder.
  func file(_ name: String) -> RawPath {
    RawPath(bytes + [Self.slash] + Array(name.utf8))
  }

  /// The path behind symbolic links, where nothing need be yet.
  func resolved() throws(SystemError) -> RawPath {
    if let real = realpath(cString, nil) {
      defer { free(real) }
      return RawPath(Self.bytes(real)[...])
    }
    // `realpath` knows only what is there.
    var path = self
    for _ in 0...Self.mostLinks {
      guard let next = path.linked else { return path }
      path =
        next.first == Self.slash
        ? RawPath(next) : RawPath(path.folder.bytes + [Self.slash] + next)
    }
    throw SystemError(number: ELOOP)
  }

  /// As many links, one behind the other, as Linux follows.
  private static let mostLinks = 40

  /// What a symbolic link leads to; nil for all else.
  private var linked: ArraySlice<UInt8>? {
    let length = Int(PATH_MAX)
    var characters = [CChar](repeating: 0, count: length)
    let count = readlink(cString, &characters, length)
    guard count >= 0 else { return nil }
    return characters[..<count].map { UInt8(bitPattern: $0) }[...]
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    (0..<strlen(text)).map { UInt8(bitPattern: text[$0]) }
  }
}

/// Which file a path leads to, behind links of either kind, whether it is there or not: two paths with
/// one identity are one file.
public struct FileIdentity: Hashable, Sendable {
  /// The device and the number of the file; of its folder where it is not there yet.
  private let device: UInt64
  private let number: UInt64
  /// The bytes of its name in the folder; empty for what is there.
  private let name: [UInt8]

  /// The identity of what `path` leads to; nil where not even the folder is there.
  public init?(_ path: String) {
    guard let place = try? RawPath(path).resolved() else { return nil }
    var status = stat()
    let exists = stat(place.cString, &status) == 0
    if !exists {
      guard stat(place.folder.cString, &status) == 0 else { return nil }
    }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
    name = exists ? [] : Array(place.name)
  }
}
