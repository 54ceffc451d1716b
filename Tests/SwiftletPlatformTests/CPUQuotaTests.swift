import Testing

@testable import SwiftletPlatform

/// Control groups as a system shows them: what the two tables say, and the files.
struct ControlGroups: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let groups: String
  let mounts: String
  let files: [String: String]
  let processors: Int?

  private static let unifiedMount =
    "24 18 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let dividedMounts = """
    30 24 0:26 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory
    31 24 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:10 master:3 - cgroup cgroup rw,cpu,cpuacct
    """

  static let all: [ControlGroups] = [
    ControlGroups(
      testDescription: "no groups", groups: "", mounts: "22 1 8:1 / / rw - ext4 /dev/a rw\n",
      files: [:], processors: nil),
    ControlGroups(
      testDescription: "version 2 without a quota", groups: "0::/user.slice\n",
      mounts: unifiedMount, files: ["/sys/fs/cgroup/user.slice/cpu.max": "max 100000\n"],
      processors: nil),
    ControlGroups(
      testDescription: "version 2, one and a half", groups: "0::/a.slice/b.service\n",
      mounts: unifiedMount,
      files: ["/sys/fs/cgroup/a.slice/b.service/cpu.max": "150000 100000\n"], processors: 2),
    ControlGroups(
      testDescription: "version 2, exactly three", groups: "0::/a\n", mounts: unifiedMount,
      files: ["/sys/fs/cgroup/a/cpu.max": "150000 50000\n"], processors: 3),
    ControlGroups(
      testDescription: "version 2, a group above has less", groups: "0::/a/b\n",
      mounts: unifiedMount,
      files: [
        "/sys/fs/cgroup/a/b/cpu.max": "800000 100000", "/sys/fs/cgroup/a/cpu.max": "1000 100000",
      ], processors: 1),
    ControlGroups(
      testDescription: "version 2 in a container, which sees its group as the root",
      groups: "0::/\n", mounts: unifiedMount,
      files: ["/sys/fs/cgroup/cpu.max": "250000 100000"], processors: 3),
    ControlGroups(
      testDescription: "a group outside the namespace", groups: "0::/../../other\n",
      mounts: unifiedMount, files: ["/sys/fs/cgroup/cpu.max": "400000 100000"], processors: 4),
    ControlGroups(
      testDescription: "version 1", groups: "5:memory:/x\n3:cpu,cpuacct:/x\n0::/y\n",
      mounts: dividedMounts,
      files: [
        "/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "200001\n",
        "/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000\n",
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      ], processors: 3),
    ControlGroups(
      testDescription: "version 1 in a container, where its own group is mounted",
      groups: "3:cpu,cpuacct:/docker/1f\n",
      mounts: "31 24 0:27 /docker/1f /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n",
      files: [
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      ], processors: 1),
    ControlGroups(
      testDescription: "nonsense", groups: "0::/a\n\n::\nx\n",
      mounts: unifiedMount + "\n- -\n1 2\n",
      files: ["/sys/fs/cgroup/a/cpu.max": "0 -1 2"], processors: nil),
  ]
}

@Suite("Quotas of processor time")
struct CPUQuotaTests {
  @Test("The least quota counts, rounded up", arguments: ControlGroups.all)
  func quota(_ test: ControlGroups) {
    let found = CPUQuota.processors(groups: test.groups, mounts: test.mounts) { test.files[$0] }
    #expect(found == test.processors)
  }

  @Test("The process may use a processor, and no more than the machine has")
  func processors() {
    #expect((1...sysconf(Int32(_SC_NPROCESSORS_CONF))).contains(Platform.processorCount))
  }
}
