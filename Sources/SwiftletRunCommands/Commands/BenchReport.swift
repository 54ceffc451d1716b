import SwiftletInference

/// The figures of `bench`, for people and for programs.
struct BenchReport {
  let info: BundleInfo
  let isa: String
  let threads: Int
  let arenaBytes: Int
  let loadMilliseconds: Double
  /// Until the first result, loading included.
  let firstMilliseconds: Double
  /// By how much the process grew until then.
  let grownBytes: Int?
  let peakBytes: Int?
  /// Milliseconds, sorted.
  let times: [Double]
  /// Median milliseconds of each operation, or nothing.
  let layerMilliseconds: [Double]

  private var minimum: Double { times.first ?? 0 }
  private var median: Double { Statistics.median(times) }
  private var p90: Double { Statistics.percentile(times, 0.9) }

  /// Thousand millions of multiply-accumulates a second.
  private func rate(_ macs: Int, _ milliseconds: Double) -> Double {
    milliseconds > 0 ? Double(macs) / milliseconds / 1e6 : 0
  }

  /// A few lines, and the table of layers if they were timed.
  var text: String {
    var lines = [
      info.path,
      "  kernels   \(isa), \(Text.counted(threads, "thread")), \(Text.counted(times.count, "run"))",
      "  time      min \(Text.fixed(minimum, 3)) ms, median \(Text.fixed(median, 3)) ms, "
        + "p90 \(Text.fixed(p90, 3)) ms",
      "  speed     \(Text.fixed(rate(info.macs, median), 1)) GMAC/s at the median "
        + "(\(Text.fixed(Double(info.macs) / 1e6, 1)) M multiply-accumulates)",
      "  memory    weights \(Text.bytes(info.weightsLength)), arena \(Text.bytes(arenaBytes))"
        + (grownBytes.map { ", growth \(Text.bytes($0))" } ?? "")
        + (peakBytes.map { ", process at most \(Text.bytes($0))" } ?? ""),
      "  loading   \(Text.fixed(loadMilliseconds, 2)) ms, first result after "
        + "\(Text.fixed(firstMilliseconds, 2)) ms",
    ]
    if !layerMilliseconds.isEmpty { lines.append(contentsOf: ["", table]) }
    return lines.joined(separator: "\n")
  }

  private var total: Double { layerMilliseconds.reduce(0, +) }

  private var table: String {
    let rows = zip(info.operations, layerMilliseconds).map { operation, milliseconds in
      [
        Text.printable(operation.name),
        operation.kind + (operation.window.isEmpty ? "" : " ")
          + operation.window, info.tensors[operation.output].shape,
        Text.fixed(Double(operation.macs) / 1e6, 2), Text.fixed(milliseconds, 4),
        operation.macs > 0 ? Text.fixed(rate(operation.macs, milliseconds), 1) : "",
        Text.percent(total > 0 ? milliseconds / total : 0, 1),
      ]
    }
    return Text.table(
      ["layer", "operation", "output", "M MAC", "ms", "GMAC/s", "share"], rows,
      [.left, .left, .left, .right, .right, .right, .right])
  }

  /// All figures as one object.
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("bundle", .string(info.path)), .init("isa", .string(isa)),
      .init("threads", .integer(threads)), .init("runs", .integer(times.count)),
      .init("min_ms", .number(minimum, places: 6)), .init("median_ms", .number(median, places: 6)),
      .init("p90_ms", .number(p90, places: 6)), .init("macs", .integer(info.macs)),
      .init("gmac_per_s", .number(rate(info.macs, median), places: 3)),
      .init("arena_bytes", .integer(arenaBytes)),
      .init("weight_bytes", .integer(info.weightsLength)),
      .init("load_ms", .number(loadMilliseconds, places: 6)),
      .init("first_ms", .number(firstMilliseconds, places: 6)),
      .init("grown_rss_bytes", grownBytes.map { .integer($0) } ?? .null),
      .init("peak_rss_bytes", peakBytes.map { .integer($0) } ?? .null),
    ]
    if !layerMilliseconds.isEmpty {
      let layers = zip(info.operations, layerMilliseconds).map { operation, milliseconds in
        JSONValue.object([
          .init("name", .string(operation.name)), .init("kind", .string(operation.kind)),
          .init("output", info.tensors[operation.output].jsonShape),
          .init("macs", .integer(operation.macs)), .init("ms", .number(milliseconds, places: 6)),
          .init("gmac_per_s", .number(rate(operation.macs, milliseconds), places: 3)),
          .init("share", .number(total > 0 ? milliseconds / total : 0, places: 6)),
        ])
      }
      members.append(.init("layers", .array(layers)))
    }
    return .object(members)
  }
}

extension BundleInfo.Tensor {
  /// `[height, width, channels]`.
  var jsonShape: JSONValue { .array([.integer(height), .integer(width), .integer(channels)]) }
}
