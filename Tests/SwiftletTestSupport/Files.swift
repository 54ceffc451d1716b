import Foundation

/// Labelled images and trained weights that are too large, or not ours, to ship.
///
/// They are looked for in `$SWIFTLET_DATA`, else in `../shared/data` beside the checkout. Tests that
/// need them are disabled when they are not there, with `SharedData.missing` as the reason.
public enum SharedData {
  /// The folder, or nil when there is none.
  public static let folder: String? = {
    let beside = repositoryRoot + "/../shared/data"
    let candidates = [ProcessInfo.processInfo.environment["SWIFTLET_DATA"], beside]
    return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
  }()

  /// Whether the folder is there.
  public static var isPresent: Bool { folder != nil }

  /// The reason to give when a test is skipped.
  public static let missing = "needs the labelled images and weights of $SWIFTLET_DATA"

  /// The path of a file in the folder; a path that does not exist when there is no folder.
  public static func path(_ relative: String) -> String {
    (folder ?? "/nonexistent") + "/" + relative
  }
}

/// Whether the tests run on an emulated processor, which `Tools/arm/test` says by
/// `$SWIFTLET_EMULATED`: tests that take minutes on a real one are then left out.
public let isEmulated = ProcessInfo.processInfo.environment["SWIFTLET_EMULATED"] != nil

/// The checkout's top folder.
public let repositoryRoot: String = {
  URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}()

/// Calls `body` with a new folder that is removed afterwards.
public func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("swiftlet-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}
