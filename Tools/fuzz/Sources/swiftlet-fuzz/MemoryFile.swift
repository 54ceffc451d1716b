import SwiftletPlatform

/// A file in memory that readers open by its path, written anew for every execution.
enum MemoryFile {
  /// A folder of this process, in memory where the system has such a place.
  private static let folder: String = {
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let folder = "\(parent)/swiftlet-fuzz-\(getpid())"
    mkdir(folder, 0o700)
    atexit { MemoryFile.remove() }
    return folder
  }()

  // libFuzzer calls from one thread.
  nonisolated(unsafe) private static var names = Set<String>()

  /// Writes a file of this name and returns its path.
  static func path(_ name: String, _ bytes: [UInt8]) -> String {
    let path = folder + "/" + name
    names.insert(name)
    let file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    guard file >= 0, write(file, bytes, bytes.count) == bytes.count else {
      say("cannot write \(path)")
      exit(1)
    }
    close(file)
    return path
  }

  private static func remove() {
    for name in names { unlink(folder + "/" + name) }
    rmdir(folder)
  }
}
