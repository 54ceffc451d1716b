import SwiftletRuntime

/// Options that several commands share.
public enum SharedOptions {
  /// `--threads N`.
  public static let threads = Option(
    "--threads", value: "N", in: 1...Interpreter.maximumThreads, default: 1,
    "worker threads, 1 to 64 (default 1); the result is the same")
  /// `--isa NAME`.
  public static let isa = Option(
    "--isa", value: "NAME", offers: kernels,
    "kernels to use: \(Text.list(kernels)) (default: the fastest that work)"
  ).reference(
    "kernels to use: `portable`; `avx2`, `vnni` on x86-64; `neon`, `dotprod` on ARM (default: the "
      + "fastest that work)")
  private static let kernels = (0..<KernelSets.count).map { String(cString: KernelSets.name($0)) }
  /// `--no-map`.
  public static let noMap = Option(
    "--no-map", "read the file instead of mapping it: safe if it is cut off while in use")
  /// `--json`.
  public static let json = Option(
    "--json", "print one JSON object on standard output and nothing else there")
}

/// How a bundle is to be run.
public struct SessionSettings: Sendable {
  /// Worker threads, 1…64.
  public var threads: Int
  /// The name of a kernel set; nil: the fastest.
  public var isa: String?
  /// Whether the file is mapped rather than read.
  public var mapped: Bool

  /// The settings that the command line asks for.
  public init(_ arguments: Arguments) throws(UsageError) {
    threads = try arguments[SharedOptions.threads]
    isa = try arguments[SharedOptions.isa]
    mapped = !arguments.has(SharedOptions.noMap)
  }
}
