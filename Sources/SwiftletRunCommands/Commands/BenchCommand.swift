import SwiftletInference
import SwiftletRuntime

/// `swiftlet bench`: how long a bundle takes on this machine.
public enum BenchCommand {
  /// The command with its help.
  public static let command = Command(description) { arguments, console in
    try execute(arguments, console)
  }

  private static let description = CommandDescription(
    name: "bench", summary: "measure how long a bundle takes on this machine",
    operands: ["BUNDLE"],
    options: [
      SharedOptions.threads, runs, SharedOptions.isa, SharedOptions.noMap, layers,
      SharedOptions.json,
    ],
    details: [
      """
      Runs the network on a fixed pseudo-random input, after warming up, and prints the shortest,
      the median and the 90th-percentile time. Nothing is decoded and nothing is printed while
      the clock runs. The time does not depend on the input's values.
      """,
      """
      Loading is timed by itself: mapping the file, verifying its tables and planning the memory;
      and with the first run behind it. The memory is that of the tensors' arena, that by which
      loading and the first run have made the process grow (weights, arena and all else), and the
      most that the process has had.
      """,
    ],
    examples: [
      .init("swiftlet bench mobilenet.swiftlet", "One thread, the fastest kernels."),
      .init("swiftlet bench mobilenet.swiftlet --threads 4 --layers", "Where the time goes."),
      .init(
        "swiftlet bench mobilenet.swiftlet --isa portable --runs 5 --json",
        "The portable kernels, for programs."),
    ], reference: reference)

  private static let runs = Option(
    "--runs", value: "N", in: 1...1_000_000,
    "how many runs to time (default: 20, and more until a second is over)")
  private static let layers = Option("--layers", "also time every operation by itself")
    .reference(
      "also time every operation; operations that run together in a chain share their time by "
        + "multiply-accumulates, or elements where they have none")

  private static func execute(_ arguments: Arguments, _ console: Console) throws -> Int32 {
    let settings = try SessionSettings(arguments)
    let count = try arguments[runs]
    let resident = System.residentBytes()
    let start = System.nanoseconds()
    let bundle = try LoadedBundle(path: arguments.operands[0], mapped: settings.mapped)
    let session = try Session(bundle, settings)
    let load = Double(System.nanoseconds() - start) / 1e6
    if Mark.areWanted {
      try MarkedRun.lines(bundle, session, settings, layers: arguments.has(layers))
        .forEach { console.print($0) }
      return ExitStatus.done
    }
    session.fillInputs(seed: 1)
    session.run()
    let first = Double(System.nanoseconds() - start) / 1e6
    let growth = System.residentBytes().flatMap { now in resident.map { max(0, now - $0) } }

    let measurement = measure(session, runs: count, console)
    // The peak is taken before timing the layers, so that it does not depend on `--layers`.
    let peak = System.peakResidentBytes()
    let layerTimes = arguments.has(layers) ? timeLayers(session, measurement, console) : []
    let report = BenchReport(
      info: bundle.info, isa: session.isa, threads: session.threads,
      arenaBytes: session.arenaLength, loadMilliseconds: load,
      firstMilliseconds: first, grownBytes: growth, peakBytes: peak,
      times: measurement, layerMilliseconds: layerTimes)
    console.print(arguments.has(SharedOptions.json) ? report.json.text : report.text)
    return ExitStatus.done
  }

  /// The times of single runs in milliseconds, sorted, after a warm-up of at least 3 runs and a
  /// tenth of a second.
  private static func measure(_ session: Session, runs: Int?, _ console: Console) -> [Double] {
    let second: UInt64 = 1_000_000_000
    var start = System.nanoseconds()
    var warm = 0
    while warm < 3 || (System.nanoseconds() - start < second / 10 && warm < 1000) {
      session.run()
      warm += 1
      // Slow machines need no more than one run to fill their caches.
      if System.nanoseconds() - start > second { break }
    }
    var times: [Double] = []
    times.reserveCapacity(runs ?? 4096)
    start = System.nanoseconds()
    while true {
      let before = System.nanoseconds()
      if let runs, times.count >= runs { break }
      if runs == nil && times.count >= 20 && before - start >= second { break }
      // Drawn between the timed runs, and to a terminal only.
      if let runs { console.progress("running", done: times.count, total: runs) }
      let begin = System.nanoseconds()
      session.run()
      times.append(Double(System.nanoseconds() - begin) / 1e6)
    }
    console.progress("running", done: 1, total: 1)
    return times.sorted()
  }

  /// The median milliseconds of each operation, over at least 5 runs.
  private static func timeLayers(
    _ session: Session, _ times: [Double], _ console: Console
  ) -> [Double] {
    let count = max(5, min(100, times.count))
    var samples: [[UInt64]] = []
    for done in 0..<count {
      console.progress("layers", done: done, total: count)
      samples.append(session.runTimed())
    }
    console.progress("layers", done: count, total: count)
    return (samples.first ?? []).indices.map { layer in
      Statistics.median(samples.map { Double($0[layer]) / 1e6 }.sorted())
    }
  }
}

/// Order statistics of sorted values.
enum Statistics {
  /// The middle value, or the mean of the two in the middle; 0 without values.
  static func median(_ sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The smallest value that at least `fraction` of the values do not exceed; 0 without values.
  static func percentile(_ sorted: [Double], _ fraction: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((Double(sorted.count) * fraction).rounded(.up))
    return sorted[min(sorted.count, max(1, rank)) - 1]
  }
}
