import SwiftletPlatform

/// A file in memory that readers open by its path, written anew for every execution.
enum MemoryFile {
  /// A folder of this process, in the one that the scripts make and remove.
  private static let folder: String = {
    let parent = getenv("SWIFTLET_FUZZ_FILES").map { String(cString: $0) } ?? "/tmp"
    let folder = "\(parent)/swiftlet-fuzz-\(getpid())"
    mkdir(folder, 0o700)
    return folder
  }()

  /// Writes a file of this name and returns its path.
  static func path(_ name: String, _ bytes: [UInt8]) -> String {
    let path = folder + "/" + name
    let file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    guard file >= 0, write(file, bytes, bytes.count) == bytes.count else {
      say("cannot write \(path)")
      exit(1)
    }
    close(file)
    return path
  }
}
