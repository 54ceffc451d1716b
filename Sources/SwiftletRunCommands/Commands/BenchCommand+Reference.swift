extension BenchCommand {
  /// What only the command reference says.
  static let reference = ReferenceText(
    outputs: [
      JSONOutput([
        JSONField("bundle", "the file"), JSONField("isa", "the kernels in use"),
        JSONField("threads", "how many computed"), JSONField("runs", "how many were timed"),
        JSONField("min_ms", "milliseconds of the shortest run"),
        JSONField("median_ms", "milliseconds of the median run"),
        JSONField("p90_ms", "milliseconds that nine of ten runs do not exceed"),
        JSONField("macs", "multiply-accumulates of a run, padding included"),
        JSONField("gmac_per_s", "thousand millions of them a second, at the median"),
        JSONField("arena_bytes", "memory of the tensors"),
        JSONField("weight_bytes", "packed weights in the file"),
        JSONField("load_ms", "milliseconds until the network could run"),
        JSONField("first_ms", "milliseconds until the first result, loading included"),
        JSONField(
          "grown_rss_bytes", "by how much the process grew until then; `null` without `/proc`"),
        JSONField(
          "peak_rss_bytes", "the most memory that the process has had; `null` without `/proc`"),
        JSONField(
          "layers", "with `--layers`, an object for each operation",
          [
            JSONField("name", "the source layer"), JSONField("kind", "what it computes"),
            JSONField("output", "height, width and channels of its result"),
            JSONField("macs", "multiply-accumulates"), JSONField("ms", "median milliseconds"),
            JSONField("gmac_per_s", "thousand millions of multiply-accumulates a second"),
            JSONField("share", "of the sum of all operations' times, 0…1"),
          ]),
      ])
    ])
}
