/// The processor time that Linux's control groups leave to the process, as containers and systemd set
/// it: `docker run --cpus 1.5`, `CPUQuota=150%`.
///
/// Both versions are read: of version 2 `cpu.max`, of version 1 `cpu.cfs_quota_us` and
/// `cpu.cfs_period_us`. A group may have no more than those above it, so the least counts.
enum CPUQuota {
  /// How many processors the process may keep busy, rounded up, at least 1; nil without a quota.
  static func processors() -> Int? {
    guard let groups = text("/proc/self/cgroup"), let mounts = text("/proc/self/mountinfo") else {
      return nil
    }
    return processors(groups: groups, mounts: mounts, read: text)
  }

  /// The same from what `/proc/self/cgroup` and `/proc/self/mountinfo` say; `read` reads a file.
  static func processors(
    groups: String, mounts: String, read: (String) -> String?
  ) -> Int? {
    let mounts = mounts.split(separator: "\n").compactMap { Mount($0) }
    var least: Int?
    for group in groups.split(separator: "\n") {
      // For example `0::/user.slice` of version 2, `3:cpu,cpuacct:/docker/1f` of version 1.
      let fields = group.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[0] == "0" && fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("cpu") else { continue }
      for mount in mounts where mount.isUnified == isUnified {
        for folder in mount.folders(of: fields[2]) {
          let quota = isUnified ? unified(folder, read) : divided(folder, read)
          if let quota { least = min(least ?? quota, quota) }
        }
      }
    }
    return least
  }

  /// `cpu.max`: microseconds a period, or `max`, and the period.
  private static func unified(_ folder: String, _ read: (String) -> String?) -> Int? {
    let numbers = read(folder + "/cpu.max")?.split { $0 == " " || $0 == "\n" } ?? []
    guard numbers.count == 2 else { return nil }
    return share(Int(numbers[0]), Int(numbers[1]))
  }

  /// The quota is −1 where there is none.
  private static func divided(_ folder: String, _ read: (String) -> String?) -> Int? {
    func number(_ name: String) -> Int? {
      read(folder + "/" + name).flatMap { Int($0.split(separator: "\n").first ?? "") }
    }
    return share(number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"))
  }

  private static func share(_ quota: Int?, _ period: Int?) -> Int? {
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return (quota - 1) / period + 1
  }

  private static func text(_ path: String) -> String? {
    // The table of mounts is the longest of them.
    guard let file = try? FileContents(path: path, .stream, limit: 1 << 22) else { return nil }
    return file.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// Where the groups of one version, and of the processor, are to be seen as folders.
  private struct Mount {
    let isUnified: Bool
    /// The group whose folder is mounted: in a container often its own.
    private let root: Substring
    private let point: Substring

    /// Reads a line of `/proc/self/mountinfo`; nil for other file systems.
    init?(_ line: Substring) {
      // Behind the sixth field stand any number of options, then a dash.
      let fields = line.split(separator: " ")
      guard let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 3 else {
        return nil
      }
      switch fields[dash + 1] {
      case "cgroup2": isUnified = true
      case "cgroup":
        guard fields[dash + 3].split(separator: ",").contains("cpu") else { return nil }
        isUnified = false
      default: return nil
      }
      (root, point) = (fields[3], fields[4])
    }

    /// The folder of a group and of all groups above it that are mounted.
    func folders(of group: Substring) -> [String] {
      var path = group
      if root != "/" {
        // What is mounted is another part of the tree, or this group's.
        guard path.hasPrefix(root) else { return [String(point)] }
        path = path.dropFirst(root.utf8.count)
      }
      var folders = [String(point)]
      // A group outside the process's namespace is shown as `/..`: no folder leads there.
      for name in path.split(separator: "/") {
        if name == ".." { break }
        folders.append((folders.last ?? "") + "/" + name)
      }
      return folders
    }
  }
}
